import { renameSync, symlinkSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openInput } from "../src/open.ts";
import { caught } from "./caught.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { paths, skips, walked } from "./walk-rig.ts";

vi.mock("node:fs", { spy: true });
vi.mock("node:fs/promises", { spy: true });

const actual = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");

let root = "";
beforeEach(async () => {
  const directory = await temporaryDirectory();
  root = join(directory, "root");
  await mkdir(join(root, "sub"), { recursive: true });
  await mkdir(join(directory, "outside"));
  await writeFile(join(root, "sub/file"), "content");
  await writeFile(join(directory, "outside/file"), "secret!");
  await writeFile(join(directory, "outside/private"), "secret!");
  symlinkSync(join(directory, "outside"), join(directory, "link"));
});
afterEach(() => {
  vi.resetAllMocks();
});

/** The link takes the folder's place. */
function exchange(): void {
  renameSync(join(root, "sub"), join(root, "../kept"));
  renameSync(join(root, "../link"), join(root, "sub"));
}

function restore(): void {
  renameSync(join(root, "sub"), join(root, "../link"));
  renameSync(join(root, "../kept"), join(root, "sub"));
}

/** Only a check by path sees the original folder. */
async function restoredWhile<T>(look: () => T | Promise<T>): Promise<T> {
  restore();
  const seen = await look();
  exchange();
  return seen;
}

describe("a folder that is exchanged with a link, and back", () => {
  it.runIf(process.platform === "linux")("around each look at the path of a file", async () => {
    vi.mocked(actual.realpath);
    const { realpath } = await import("node:fs/promises");
    vi.mocked(realpath).mockImplementation(((path: string) =>
      restoredWhile(() => actual.realpath(path))) as typeof realpath);
    exchange();
    expect(await caught(openInput({ path: join(root, "sub/file"), refuseSymlinks: true }))).toMatchObject({
      name: "SourceError",
      code: "source-unreadable",
      message: expect.stringContaining("outside/file"),
    });
  });

  it("while its names are read", async () => {
    const { opendir } = await import("node:fs/promises");
    vi.mocked(opendir).mockImplementation(async (path, options) => {
      const isSub = vi.mocked(opendir).mock.calls.length === 2;
      if (isSub) exchange();
      const names = await actual.opendir(path, options);
      if (isSub) restore();
      return names;
    });
    expect(paths(await walked(root))).toEqual(["sub/file"]);
  });

  it("and stays a link when it is entered", async () => {
    const { opendir } = await import("node:fs/promises");
    vi.mocked(opendir).mockImplementation(async (path, options) => {
      if (vi.mocked(opendir).mock.calls.length === 1) exchange();
      return actual.opendir(path, options);
    });
    const entries = await walked(root, { followSymlinks: true });
    expect(skips(entries)).toEqual(["sub: outside"]);
  });
});

describe("where the kernel does not tell the path of an open file", () => {
  beforeEach(async () => {
    const { readlinkSync } = await import("node:fs");
    vi.mocked(readlinkSync).mockImplementation(() => {
      throw Object.assign(new Error("no /proc"), { code: "ENOENT" });
    });
  });

  it("a file is still found, and a file behind a link is refused", async () => {
    expect(paths(await walked(root))).toEqual(["sub/file"]);
    const path = join(root, "sub/file");
    const source = await openInput({ path, refuseSymlinks: true });
    expect(source?.size).toBe(7);
    await source?.close();
    exchange();
    expect(await caught(openInput({ path, refuseSymlinks: true }))).toMatchObject({
      message: expect.stringContaining("symbolic link"),
    });
  });
});
