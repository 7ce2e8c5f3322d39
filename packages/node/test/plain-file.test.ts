import { execFileSync } from "node:child_process";
import { appendFile, mkdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { openInput } from "../src/open.ts";
import { openPlainFile } from "../src/sources/open-plain-file.ts";
import { SyncReadPolicy } from "../src/sources/sync-read-policy.ts";
import { caught } from "./caught.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const openPlain = (path: string | URL) => openInput({ path, refuseSymlinks: true });

async function folder(): Promise<string> {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, "real"));
  await writeFile(join(directory, "real/file"), "content");
  return directory;
}

describe("a plain file", () => {
  it("is a regular file, named by a path or by a URL", async () => {
    const path = join(await folder(), "real/file");
    for (const input of [path, pathToFileURL(path)]) {
      const source = await openPlain(input);
      expect(String(Buffer.from((await source?.read(0, 9, new Uint8Array(9))) ?? []))).toBe("content");
      await source?.close();
    }
  });

  it.each<[string, (directory: string) => unknown, RegExp]>([
    ["a link", (at) => symlink("real/file", join(at, "it")), /symbolic link/],
    ["a file of a folder that is a link", (at) => symlink("real", join(at, "it")), /symbolic link/],
    ["a folder", (at) => mkdir(join(at, "it")), /no regular file/],
    ["a FIFO", (at) => execFileSync("mkfifo", [join(at, "it")]), /no regular file/],
    ["missing", () => {}, /does not exist/],
    ["a link to nothing", (at) => symlink("nowhere", join(at, "it")), /does not exist/],
  ])("is not what is %s", async (what, make, message) => {
    const directory = await folder();
    await make(directory);
    const path = join(directory, what.includes("folder that") ? "it/file" : "it");
    expect(await caught(openPlain(path))).toMatchObject({
      name: "SourceError",
      code: "source-unreadable",
      message: expect.stringMatching(message),
    });
  });

  it("is read though another has its name by the time of the first read", async () => {
    const directory = await folder();
    await mkdir(join(directory, "other"));
    await writeFile(join(directory, "other/file"), "another");
    const source = await openPlain(join(directory, "real/file"));
    await rename(join(directory, "real"), join(directory, "away"));
    await symlink("other", join(directory, "real"));
    const read = await source?.read(0, 7, new Uint8Array(7));
    expect(String(Buffer.from(read ?? []))).toBe("content");
    await source?.close();
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ["edited", (path) => appendFile(path, "more")],
    ["replaced", (path) => writeFile(`${path}.new`, "another").then(() => rename(`${path}.new`, path))],
    ["removed", (path) => rm(path)],
  ])("has changed when it was %s since it was opened", async (_what, change) => {
    const path = join(await folder(), "real/file");
    const source = await openPlain(path);
    expect(await source?.changed()).toBe(false);
    // The clock of the file system ticks in milliseconds.
    await setTimeout(20);
    await change(path);
    expect(await source?.changed()).toBe(true);
    await source?.close();
  });

  it("is opened, looked at and read through threads as long as the page cache does not have it", async () => {
    const path = join(await folder(), "real/file");
    let time = 0;
    const slow = new SyncReadPolicy(() => (time += 1));
    const { dev } = await stat(dirname(path), { bigint: true });
    await slow.allowFolder(dirname(path), String(dev));
    for (let round = 0; round < 3; round += 1) {
      const source = await openPlainFile(path, slow);
      const read = await source.read(0, 7, new Uint8Array(7));
      expect(String(Buffer.from(read))).toBe("content");
      await source.close();
    }
    // The first file measures the time twice, for opening and for reading.
    expect(time).toBe(4);
  });

  it("with a null character in its name is a wrong argument", async () => {
    expect(await caught(openPlain("a\0b"))).toMatchObject({ name: "TypeError", parameter: "LocalFilePath" });
  });
});
