// uploadFiles() of the official SDK. It cannot walk a folder, so it receives the list of files; the walk is not measured.
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import COS from "cos-nodejs-sdk-v5";
import { Bucket, Region, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

/** It opens all files of a call at once, so the list is split to stay below the limit of file descriptors. */
const PORTION = 500;

const { origin, folder, concurrency } = readOptions();
const { protocol, host } = new URL(origin);
const cos = new COS({
  SecretId,
  SecretKey,
  Protocol: protocol,
  Domain: host,
  FileParallelLimit: concurrency,
  ConfCwd: mkdtempSync(join(tmpdir(), "bench-official-")),
});
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => {
    const path = `${entry.parentPath}/${entry.name}`;
    return { Bucket, Region, Key: path.slice(folder.length + 1), FilePath: path };
  });

await measured(async () => {
  for (let first = 0; first < files.length; first += PORTION) {
    const result = await cos.uploadFiles({ files: files.slice(first, first + PORTION) });
    const failure = result.files.find(({ error }) => error);
    if (failure) throw failure.error;
  }
  return { files: files.length };
});
