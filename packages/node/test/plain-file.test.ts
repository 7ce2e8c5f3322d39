import { execFileSync } from "node:child_process";
import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { openInput } from "../src/open.ts";
import { caught } from "./caught.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const openPlain = (path: string | URL) => openInput({ path, plainFile: true });

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

  it("is not read when another has its name by the time of the first read, be it for that time only", async () => {
    const directory = await folder();
    await mkdir(join(directory, "other"));
    await writeFile(join(directory, "other/file"), "another");
    const source = await openPlain(join(directory, "real/file"));
    await rename(join(directory, "real"), join(directory, "away"));
    await symlink("other", join(directory, "real"));
    const into = new Uint8Array(7);
    const error = await caught(source?.read(0, 7, into) ?? Promise.resolve());
    expect(error).toMatchObject({ code: "source-changed" });
    expect(into).toEqual(new Uint8Array(7));
    await source?.close();
  });

  it("with a null character in its name is a wrong argument", async () => {
    expect(await caught(openPlain("a\0b"))).toMatchObject({ name: "TypeError", parameter: "LocalFilePath" });
  });
});
