import { createCos } from "../../packages/node/dist/index.js";
import { Bucket, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, folder, concurrency, warmUp, times = 1 } = readOptions();
const cos = createCos({ Endpoint: origin, SecretId, SecretKey });

/** @param {string} LocalDirectoryPath @param {string} Prefix */
async function upload(LocalDirectoryPath, Prefix) {
  const options = { Bucket, LocalDirectoryPath, Prefix, concurrency, skip: /** @type {const} */ ("never") };
  const { uploaded, failed } = await cos.uploadDirectory(options);
  if (failed > 0) throw new Error(`${failed} files failed`);
  return uploaded;
}

if (warmUp !== undefined) await upload(warmUp, "warm-up/");

await measured(async () => {
  let files = 0;
  for (let time = 0; time < times; time += 1) files += await upload(folder, "");
  return { files };
});
