import { statSync } from "node:fs";
import COS from "cos-nodejs-sdk-v5";
import { Bucket, Region, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

// Without a part size: as the SDK does by itself, in ranges of 1 MB, five at once.
const { origin, path, key, partSize, concurrency } = readOptions();
const ranges = partSize === undefined ? {} : { ChunkSize: partSize, ParallelLimit: concurrency };
const { protocol, host } = new URL(origin);
const cos = new COS({ SecretId, SecretKey, Protocol: protocol, Domain: host });

await measured(async () => {
  await cos.downloadFile({
    Bucket,
    Region,
    Key: key,
    FilePath: path,
    ...ranges,
  });
  return { bytes: statSync(path).size };
});
