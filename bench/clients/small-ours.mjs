import { createCos } from "../../packages/node/dist/index.js";
import { Bucket, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, folder, concurrency, warmUp } = readOptions();
const cos = createCos({ Endpoint: origin, SecretId, SecretKey });

/** @param {string} LocalDirectoryPath */
const upload = (LocalDirectoryPath) =>
  cos.uploadDirectory({ Bucket, LocalDirectoryPath, concurrency, skip: "never" });

if (warmUp !== undefined) await upload(warmUp);

await measured(async () => {
  const { uploaded, failed } = await upload(folder);
  if (failed > 0) throw new Error(`${failed} files failed`);
  return { files: uploaded };
});
