import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeDirectories } from "../src/make-directories.ts";
import { makeFolder } from "../src/make-folder.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-folder-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As on a read-only disk that has none of the folders. */
async function readOnly(path: string): Promise<never> {
  throw Object.assign(new Error(`EROFS: mkdir '${path}'`), { code: "EROFS" });
}

it("says that the disk is read-only, and asks for one folder at a time", async () => {
  const path = join(folder, "disk/a/b");
  const make = (given: string): Promise<void> => makeDirectories(given, 0o777, readOnly);
  await expect(makeFolder(path, make)).rejects.toThrow(/disk\/a\/b cannot be created: the disk is read-only/);
});

it("gives up where even the folder above cannot be created", async () => {
  const asked: string[] = [];
  const nowhere = async (path: string): Promise<never> => {
    asked.push(path);
    throw Object.assign(new Error("ENOENT"), { code: path === folder ? "EEXIST" : "ENOENT" });
  };
  await expect(makeDirectories(join(folder, "a/b"), 0o777, nowhere)).rejects.toThrow(/ENOENT/);
  expect(asked).toEqual([join(folder, "a/b"), join(folder, "a"), folder, join(folder, "a")]);
});

it("creates the folder and those above, and names what is in the way", async () => {
  await makeFolder(join(folder, "a/b"));
  await makeFolder(join(folder, "a/b"));
  await writeFile(join(folder, "file"), "");
  await expect(makeFolder(join(folder, "file"))).rejects.toThrow(/a file is in its place/);
  await expect(makeFolder(join(folder, "a", "n".repeat(300)))).rejects.toThrow(/name is too long/);
});

it.runIf(process.platform === "linux")(
  "ends where the system creates no folder, as procfs does",
  async () => {
    await expect(makeFolder("/proc/cosup-none/a/b")).rejects.toThrow(/the system creates no folder there/);
  },
);
