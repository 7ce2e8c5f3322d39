import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

/** Folders whose creation fails as on a read-only disk. */
let readOnly = "";
vi.mock("node:fs/promises", async (load) => {
  const real = await load<typeof import("node:fs/promises")>();
  const mkdir = async (path: string, options?: { recursive?: boolean }): Promise<string | undefined> => {
    if (readOnly === "" || !path.startsWith(readOnly)) return real.mkdir(path, options);
    // What Node says depends on whether it creates the folders above, too.
    const code = options?.recursive === true ? "ENOENT" : "EROFS";
    throw Object.assign(new Error(`${code}: mkdir '${path}'`), { code });
  };
  return { ...real, mkdir };
});

const { makeFolder } = await import("../src/make-folder.ts");

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-folder-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("says that the disk is read-only where Node says that there is no such folder", async () => {
  readOnly = join(folder, "disk");
  await expect(makeFolder(join(readOnly, "a/b"))).rejects.toThrow(
    /disk\/a\/b cannot be created: the disk is read-only/,
  );
  readOnly = "";
});

it("creates the folder and those above, and names what is in the way", async () => {
  await makeFolder(join(folder, "a/b"));
  await makeFolder(join(folder, "a/b"));
  await writeFile(join(folder, "file"), "");
  await expect(makeFolder(join(folder, "file"))).rejects.toThrow(/a file is in its place/);
  await expect(makeFolder(join(folder, "a", "n".repeat(300)))).rejects.toThrow(/name is too long/);
});
