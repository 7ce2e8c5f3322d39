// The official SDK; runs in Node and in Deno. Its MD5 of every part is always on.
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import COS from "cos-nodejs-sdk-v5";
import { Bucket, Region, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, path, key, partSize, concurrency } = readOptions();
const { protocol, host } = new URL(origin);
const cos = new COS({
  SecretId,
  SecretKey,
  Protocol: protocol,
  Domain: host,
  // Its record of unfinished uploads, which it would keep in the home folder.
  ConfCwd: mkdtempSync(join(tmpdir(), "bench-official-")),
});

await measured(async () => {
  await cos.uploadFile({
    Bucket,
    Region,
    Key: key,
    FilePath: path,
    ChunkSize: partSize,
    AsyncLimit: concurrency,
  });
  return { bytes: statSync(path).size };
});
