// The official SDK, in Node or Deno. It always computes the MD5 of every part.
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
  // Keeps its list of unfinished uploads out of the home folder.
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
