import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TargetError } from "@cosup/node/download";
import { afterEach, expect, it } from "vitest";
import { caught } from "./caught.ts";
import { MiB, SIZE, useDownloads } from "./download-rig.ts";

const rig = useDownloads();
const mounted: string[] = [];

afterEach(() => {
  for (const folder of mounted.splice(0)) execFileSync("umount", ["-l", folder]);
});

/** A disk of `size` bytes at a folder; false where this process may not mount one. */
function mountDisk(folder: string, size: number): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return false;
  }
  mounted.push(folder);
  return true;
}

it("a full disk is a TargetError; with more space, the same call goes on", async (context) => {
  const one = await rig.case();
  const folder = join(one.folder, "disk");
  await mkdir(folder);
  if (!mountDisk(folder, 2.5 * MiB)) {
    context.skip("NOT TESTED: this process may not mount a small disk");
  }
  const LocalFilePath = join(folder, "file.bin");
  await writeFile(LocalFilePath, "old");
  const error = await caught(one.resumable({ LocalFilePath, MAXThread: 1 }));
  expect(error).toBeInstanceOf(TargetError);
  expect(error).toMatchObject({
    code: "target-unwritable",
    retryable: false,
    message: expect.stringContaining("no space left"),
    hint: expect.stringContaining("free some space"),
  });
  expect(await readFile(LocalFilePath, "utf8")).toBe("old");
  execFileSync("mount", ["-o", `remount,size=${8 * MiB}`, folder]);
  one.ranges.splice(0);
  const result = await one.resumable({ LocalFilePath, resume: "require" });
  expect(result).toMatchObject({ size: SIZE, verified: true });
  expect(result.bytesResumed).toBeGreaterThanOrEqual(MiB);
});

it("a folder that may not be written is a TargetError", async (context) => {
  if (process.getuid?.() === 0) {
    // Root may write everywhere, but not to a file system that is mounted to be read.
    const one = await rig.case();
    const folder = join(one.folder, "disk");
    await mkdir(folder);
    if (!mountDisk(folder, MiB)) context.skip("NOT TESTED: this process may not mount a disk");
    execFileSync("mount", ["-o", "remount,ro", folder]);
    const error = await caught(one.download({ LocalFilePath: join(folder, "file.bin") }));
    expect(error).toMatchObject({
      code: "target-unwritable",
      message: expect.stringContaining("may not be written"),
    });
    expect(one.ranges).toEqual([]);
    return;
  }
  const one = await rig.case();
  const folder = join(one.folder, "closed");
  await mkdir(folder, { mode: 0o500 });
  const error = await caught(one.download({ LocalFilePath: join(folder, "file.bin") }));
  expect(error).toMatchObject({
    code: "target-unwritable",
    message: expect.stringContaining("may not be written"),
  });
});
