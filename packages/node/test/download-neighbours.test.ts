import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { UploadWarning } from "@cosup/node";
import { downloadFile } from "@cosup/node/download";
import { expect, it } from "vitest";
import { memoryCheckpoints } from "../../../test/contract/fixtures/memory-checkpoints.ts";
import { caught } from "./caught.ts";
import { atGet, MiB, useDownloads } from "./download-rig.ts";

// What other programs, and other calls, do to the same place while a download runs.
const rig = useDownloads();

it("a file that is removed while its new bytes come is created again", async () => {
  const { download, path, holds, bytes, names } = await rig.case();
  await writeFile(path, "old", { mode: 0o600 });
  await download({ onProgress: (received) => void (received < MiB && rm(path, { force: true })) });
  expect(await holds(bytes)).toBe(true);
  expect(await names()).toEqual(["file.bin"]);
});

it("a folder that is moved away is a TargetError; what has arrived is used when it is back", async () => {
  const one = await rig.case();
  const folder = join(one.folder, "sub");
  await mkdir(folder);
  const checkpoints = memoryCheckpoints();
  const more = { LocalFilePath: join(folder, "file.bin"), MAXThread: 1, checkpoints };
  let moved: Promise<void> | undefined;
  const onProgress = (received: number): void => {
    if (received > 1.5 * MiB) moved ??= rename(folder, `${folder}-away`);
  };
  expect(await caught(one.download({ ...more, onProgress }))).toMatchObject({
    code: "target-unwritable",
    message: expect.stringContaining("folder does not exist"),
  });
  await moved;
  await rename(`${folder}-away`, folder);
  expect((await one.download(more)).bytesResumed).toBeGreaterThan(MiB);
  expect(await stat(more.LocalFilePath)).toMatchObject({ size: one.bytes.length });
});

it("checkpoints that can no longer be written keep their lock until the download has ended", async () => {
  const one = await rig.case();
  const checkpoints = memoryCheckpoints({ save: () => Promise.reject(new Error("no space left")) });
  // The record is written 100 ms after the first range.
  one.faults([atGet(2, { kind: "delay", ms: 1500 })]);
  const warnings: UploadWarning[] = [];
  let second: Promise<unknown> | undefined;
  const result = await one.download({
    checkpoints,
    MAXThread: 1,
    onWarning: (warning) => {
      warnings.push(warning);
      // It would write to the same unfinished file.
      second ??= caught(one.download({ checkpoints }));
    },
  });
  expect(result.verified).toBe(true);
  expect(warnings.map(({ code }) => code)).toEqual(["checkpoint-degraded"]);
  expect(await second).toMatchObject({ code: "checkpoint-locked" });
  expect(await one.holds(one.bytes)).toBe(true);
  expect([checkpoints.locked.size, checkpoints.stored.size]).toEqual([0, 0]);
});

it("two downloads of different objects to one path leave one of them, whole", async () => {
  const one = await rig.case();
  const other = await rig.case(Buffer.alloc(2 * MiB, 5));
  const checkpoints = memoryCheckpoints();
  await Promise.all([
    one.download({ checkpoints }),
    downloadFile(other.cos, { ...pick(other), LocalFilePath: one.path, PartSize: 1, checkpoints }),
  ]);
  expect((await one.holds(one.bytes)) || (await one.holds(other.bytes))).toBe(true);
  expect(await one.names()).toEqual(["file.bin"]);
});

it("an object that is deleted in the middle is not-found, and nothing of it stays", async () => {
  const one = await rig.case();
  one.faults([atGet(2, { kind: "status", status: 404, code: "NoSuchKey" })]);
  expect(await caught(one.resumable({ MAXThread: 1 }))).toMatchObject({ code: "not-found" });
  expect(await one.names()).toEqual([]);
});

const pick = ({ Bucket, Key }: { Bucket: string; Key: string }) => ({ Bucket, Key });
