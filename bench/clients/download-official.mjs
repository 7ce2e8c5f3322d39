import { statSync } from "node:fs";
import COS from "cos-nodejs-sdk-v5";
import { Bucket, Region, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency } = readOptions();
const { protocol, host } = new URL(origin);
const cos = new COS({ SecretId, SecretKey, Protocol: protocol, Domain: host });

await measured(async () => {
  await cos.downloadFile({
    Bucket,
    Region,
    Key: key,
    FilePath: path,
    ChunkSize: partSize,
    ParallelLimit: concurrency,
  });
  return { bytes: statSync(path).size };
});
