import { readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentTypeError, SourceError } from "@cosup/core";
import type { WalkEntry } from "@cosup/core/files";
import { afterEach, describe, expect, it, vi } from "vitest";
import { caught } from "./caught.ts";
import { files, paths, skips, tree, walked, walkFiles } from "./walk-rig.ts";

vi.mock("node:fs/promises", { spy: true });

afterEach(() => {
  vi.resetAllMocks();
});

describe("what it finds", () => {
  it("is all files, those of a folder before its folders, each by name", async () => {
    const root = await tree("b/2", "b/1", "b/a/3", "z", "a", "c/1", "c.txt", "empty/");
    expect(paths(await walked(root))).toEqual(["a", "c.txt", "z", "b/1", "b/2", "b/a/3", "c/1"]);
  });

  it("has absolute paths, sizes, and forward slashes", async () => {
    const root = await tree("folder/file");
    const path = join(root, "folder", "file");
    expect(await walked(root)).toEqual([
      { kind: "file", relativePath: "folder/file", path, realPath: path, size: 11 },
    ]);
  });

  it("is the same through a root that is a link, ends in a slash, or is relative", async () => {
    const root = await tree("a", "b/c");
    await symlink(root, `${root}.link`);
    try {
      expect(paths(await walked(`${root}.link`))).toEqual(["a", "b/c"]);
      expect(paths(await walked(`${root}/`))).toEqual(["a", "b/c"]);
    } finally {
      await rm(`${root}.link`);
    }
  });

  it("is nothing in an empty root", async () => {
    expect(await walked(await tree())).toEqual([]);
  });

  it("includes unusual names unchanged", async () => {
    const names = [
      ".hidden",
      " ",
      "-rf",
      "a\\b",
      "line\r\nbreak",
      "%2e%2e",
      "你好",
      "é",
      "é".normalize("NFD"),
      "\uFFFD",
      "🚀",
      "...",
    ];
    const root = await tree(...names);
    expect(files(await walked(root)).sort()).toEqual([...names].sort());
  });

  it("goes deep without a descriptor for each level", async () => {
    const root = await tree(`${Array(200).fill("d").join("/")}/file`);
    const iterator = walkFiles(root);
    const before = (await readdir("/proc/self/fd")).length;
    const first = await iterator.next();
    // For one directory: its open handle, and the list of its names.
    expect((await readdir("/proc/self/fd")).length).toBeLessThanOrEqual(before + 2);
    expect(first.value?.relativePath.split("/").length).toBe(201);
    await iterator.return();
    expect((await readdir("/proc/self/fd")).length).toBe(before);
  });

  it("finds every file of a folder larger than a sorted run", async () => {
    const root = await tree();
    const names = Array.from({ length: 5_000 }, (_, index) => `f${index}`);
    for (const name of names) {
      await writeFile(join(root, name), "");
    }
    expect(paths(await walked(root)).sort()).toEqual(names.sort());
  });
});

describe("how it behaves", () => {
  it("reads no further than it is asked", async () => {
    const root = await tree("a", "b/c", "d/e");
    const spy = vi.mocked((await import("node:fs/promises")).opendir);
    const iterator = walkFiles(root);
    expect(spy).not.toHaveBeenCalled();
    await iterator.next();
    expect(spy).toHaveBeenCalledTimes(1);
    await iterator.return();
  });

  it("stops with the signal's reason", async () => {
    const root = await tree("a", "b");
    const controller = new AbortController();
    const iterator = walkFiles(root, { signal: controller.signal });
    await iterator.next();
    controller.abort(new Error("enough"));
    expect(await caught(iterator.next())).toBe(controller.signal.reason);
    expect(await caught(walkFiles(root, { signal: controller.signal }).next())).toBe(
      controller.signal.reason,
    );
  });

  it("waits while no descriptor is free", async () => {
    const root = await tree("a");
    const full = Object.assign(new Error("full"), { code: "EMFILE" });
    vi.mocked((await import("node:fs/promises")).opendir)
      .mockRejectedValueOnce(full)
      .mockRejectedValueOnce(full);
    expect(paths(await walked(root))).toEqual(["a"]);
  });

  it("refuses a root that is missing, or a file", async () => {
    const root = await tree("file");
    expect(await caught(walked(join(root, "missing")))).toBeInstanceOf(SourceError);
    expect(await caught(walked(join(root, "file")))).toBeInstanceOf(ArgumentTypeError);
  });

  it("does not enter a folder that became a link out of the root in the meantime", async () => {
    const root = await tree("a/1", "folder/x");
    const outside = await tree("secret");
    const entries: WalkEntry[] = [];
    for await (const entry of walkFiles(root)) {
      entries.push(entry);
      if (entry.relativePath === "a/1") {
        await rename(join(root, "folder"), join(root, "moved"));
        await symlink(outside, join(root, "folder"));
      }
    }
    expect(files(entries)).toEqual(["a/1"]);
    expect(skips(entries)).toEqual(["folder: outside"]);
  });
});
