import {
  chmodSync,
  closeSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import { createCos, type NodeCosClient } from "@cosup/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MiB, randomBytes } from "../cli/rig.ts";
import { crc64Of } from "../fixtures/crc64.ts";

const Bucket = "metadata-1250000000";
const SIZE = 21 * MiB;

let folder = "";
let emulator: RunningEmulator;
let cos: NodeCosClient;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-metadata-"));
  const credentials = [{ secretId: "id", secretKey: "key" }];
  emulator = await startEmulator({
    data: join(folder, "cos"),
    buckets: [Bucket, "spare-1250000000"],
    credentials,
  });
  const Endpoint = `http://127.0.0.1:${emulator.port}/{Bucket}`;
  cos = createCos({ Endpoint, Region: "ap-guangzhou", SecretId: "id", SecretKey: "key" });
});
afterAll(async () => {
  await cos.close();
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

/** Synchronous, so that it happens before the next byte is read. */
type Change = (path: string) => void;

function edit(path: string): void {
  const file = openSync(path, "r+");
  writeSync(file, "edited", 0);
  closeSync(file);
}

/** A change of a file that keeps its content. */
const HARMLESS: Readonly<Record<string, Change>> = {
  "gets a hard link": (path) => linkSync(path, `${path}.link`),
  "gets other rights": (path) => chmodSync(path, 0o600),
  "is renamed": (path) => renameSync(path, `${path}.1`),
  "is renamed, and another begins under its name, as logs are rotated": (path) => {
    renameSync(path, `${path}.1`);
    writeFileSync(path, "a new log");
  },
};

/** A change that an upload must detect. */
const HARMFUL: Readonly<Record<string, Change>> = {
  "is edited in place, and its modification time put back": (path) => {
    const { atime, mtime } = statSync(path);
    edit(path);
    utimesSync(path, atime, mtime);
  },
  "is edited in place": edit,
  "is replaced": (path) => {
    writeFileSync(`${path}.new`, "another");
    renameSync(`${path}.new`, path);
  },
  "is removed": (path) => rmSync(path),
};

/** Uploads, or appends, a file that changes once its first bytes are acknowledged. */
async function uploadWhile(
  how: "uploadFile" | "appendObject",
  Key: string,
  change: Change,
): Promise<unknown> {
  const path = join(folder, Key.replaceAll(" ", "-"));
  await writeFile(path, randomBytes(SIZE));
  // A whole millisecond, which utimes can put back.
  await utimes(path, 1_700_000_000, 1_700_000_000);
  let changed = false;
  const onProgress = (): void => {
    if (!changed) change(path);
    changed = true;
  };
  const common = { Bucket, Key, onProgress };
  const uploading =
    how === "uploadFile"
      ? cos.uploadFile({ ...common, LocalFilePath: path, PartSize: 1, MAXThread: 1 })
      : cos.appendObject({ ...common, Position: 0, Data: { path } });
  return uploading.catch((error: unknown) => error);
}

describe.each(["uploadFile", "appendObject"] as const)("%s of a file that", (how) => {
  test.each(Object.entries(HARMLESS))("%s meanwhile succeeds", async (what, change) => {
    const Key = `${how} ${what}`;
    const outcome = await uploadWhile(how, Key, change);
    expect(outcome).toMatchObject({ ETag: expect.any(String) });
    const { crc64, ContentLength } = await cos.headObject({ Bucket, Key });
    expect([crc64, Number(ContentLength)]).toEqual([await crc64Of([randomBytes(SIZE)]), SIZE]);
  });

  test.each(Object.entries(HARMFUL))("%s meanwhile fails with source-changed", async (what, change) => {
    const outcome = await uploadWhile(how, `${how} ${what}`, change);
    expect(outcome).toMatchObject({ name: "SourceError", code: "source-changed" });
  });
});
