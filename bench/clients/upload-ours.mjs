import { createCos } from "../../packages/node/dist/index.js";
import { Bucket, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency, enableMd5, warmUp, times = 1, threads } = readOptions();
const cos = createCos({ Endpoint: origin, SecretId, SecretKey, threads });

/** @param {string} LocalFilePath @param {string} Key */
const upload = (LocalFilePath, Key) =>
  cos.uploadFile({
    Bucket,
    Key,
    LocalFilePath,
    PartSize: partSize / 1024 ** 2,
    MAXThread: concurrency,
    EnableMD5: enableMd5 ?? false,
  });

// Warm-up for the curves, so that they do not contain one-time costs of the process.
if (warmUp !== undefined) await upload(warmUp, "warm-up");

await measured(async () => {
  let bytes = 0;
  for (let time = 0; time < times; time += 1) bytes += (await upload(path, key)).size;
  return { bytes };
});
