import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { ArgumentTypeError, SourceError } from "@cosup/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type WalkEntry, type WalkOptions, walkFiles } from "../src/walk.ts";
import { caught } from "./caught.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

vi.mock("node:fs/promises", { spy: true });

afterEach(() => {
  vi.resetAllMocks();
});

/** Makes files (their content is their path) and, for names that end in a slash, directories. */
async function tree(...names: string[]): Promise<string> {
  const root = await temporaryDirectory();
  for (const name of names) {
    const path = join(root, name);
    await mkdir(name.endsWith("/") ? path : join(path, ".."), { recursive: true });
    if (!name.endsWith("/")) {
      await writeFile(path, name);
    }
  }
  return root;
}

async function walked(root: string, options?: WalkOptions): Promise<WalkEntry[]> {
  const entries: WalkEntry[] = [];
  for await (const entry of walkFiles(root, options)) {
    entries.push(entry);
  }
  return entries;
}

const paths = (entries: WalkEntry[]): string[] => entries.map((entry) => entry.relativePath);

/** `path: reason` of all that was skipped. */
const skips = (entries: WalkEntry[]): string[] =>
  entries.flatMap((entry) => (entry.kind === "skipped" ? [`${entry.relativePath}: ${entry.reason}`] : []));

const files = (entries: WalkEntry[]): string[] => paths(entries.filter((entry) => entry.kind === "file"));

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

  it("includes odd names as they are", async () => {
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
    expect((await readdir("/proc/self/fd")).length).toBeLessThanOrEqual(before + 1);
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

describe("what it skips", () => {
  it("links, unless they are to be followed", async () => {
    const root = await tree("folder/file");
    await symlink("folder", join(root, "to-folder"));
    await symlink("folder/file", join(root, "to-file"));
    await symlink("nowhere", join(root, "to-nothing"));
    const entries = await walked(root);
    expect(skips(entries)).toEqual(["to-file: symlink", "to-folder: symlink", "to-nothing: symlink"]);
    expect(files(entries)).toEqual(["folder/file"]);
  });

  it("FIFOs and sockets", async () => {
    const root = await tree("file");
    execFileSync("mkfifo", [join(root, "fifo")]);
    const server = createServer().listen(join(root, "socket"));
    await once(server, "listening");
    expect(skips(await walked(root))).toEqual(["fifo: special", "socket: special"]);
    server.close();
  });

  it.runIf(process.platform === "linux")("names that are not UTF-8", async () => {
    const root = await tree("good");
    await writeFile(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff, 0xfe])]), "");
    const entries = await walked(root);
    expect(files(entries)).toEqual(["good"]);
    expect(skips(entries)).toEqual(["bad\uFFFD\uFFFD: name-not-utf8"]);
  });

  it("a directory that may not be read, and goes on", async () => {
    const root = await tree("a", "closed/x", "open/y");
    const { opendir } = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
    const denied = Object.assign(new Error("denied"), { code: "EACCES" });
    // Tests may run as root, to whom nothing is closed.
    vi.mocked((await import("node:fs/promises")).opendir).mockImplementation((path, options) =>
      String(path).endsWith("closed") ? Promise.reject(denied) : opendir(path, options),
    );
    const entries = await walked(root);
    expect(files(entries)).toEqual(["a", "open/y"]);
    expect(entries.find((entry) => entry.kind === "skipped")).toMatchObject({
      relativePath: "closed",
      reason: "unreadable",
      error: denied,
    });
  });

  it("a directory whose reading breaks off, once, after what was read of it", async () => {
    const root = await tree("sub/a", "sub/b", "z");
    const actual = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
    const broken = Object.assign(new Error("broken"), { code: "EIO" });
    vi.mocked((await import("node:fs/promises")).opendir).mockImplementation(async (path, options) => {
      const handle = await actual.opendir(path, options);
      if (String(path).endsWith("sub")) {
        const read = handle.read.bind(handle);
        let count = 0;
        handle.read = (async () => (count++ === 0 ? read() : Promise.reject(broken))) as typeof handle.read;
      }
      return handle;
    });
    const entries = await walked(root);
    expect(files(entries).length).toBe(2);
    expect(skips(entries)).toEqual(["sub: unreadable"]);
  });

  it("a file and a folder that vanish on the way", async () => {
    const root = await tree("1", "2", "3", "gone/x");
    const entries: WalkEntry[] = [];
    for await (const entry of walkFiles(root)) {
      entries.push(entry);
      if (entry.relativePath === "1") {
        await rm(join(root, "2"));
      }
      if (entry.relativePath === "3") {
        await rm(join(root, "gone"), { recursive: true });
      }
    }
    expect(files(entries)).toEqual(["1", "3"]);
    expect(skips(entries)).toEqual(["2: vanished", "gone: vanished"]);
  });
});

describe("followed links", () => {
  const options = { followSymlinks: true };

  it("lead to files and folders within the root, by the link's name", async () => {
    const root = await tree("folder/file");
    await symlink("folder", join(root, "to-folder"));
    await symlink(join(root, "folder/file"), join(root, "to-file"));
    const entries = await walked(root, options);
    expect(files(entries)).toEqual(["to-file", "folder/file", "to-folder/file"]);
    expect(entries[0]).toMatchObject({ size: 11 });
  });

  it("never leave the root, not even for a folder whose name begins alike", async () => {
    const root = await tree("file");
    const outside = `${root}-beside`;
    await mkdir(outside);
    await writeFile(join(outside, "secret"), "x");
    await symlink(outside, join(root, "to-beside"));
    await symlink(join(outside, "secret"), join(root, "to-secret"));
    await symlink("..", join(root, "up"));
    await symlink("/etc/passwd", join(root, "passwd"));
    try {
      const entries = await walked(root, options);
      expect(files(entries)).toEqual(["file"]);
      expect(skips(entries)).toEqual([
        "passwd: outside",
        "to-beside: outside",
        "to-secret: outside",
        "up: outside",
      ]);
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it("end at a loop", async () => {
    const root = await tree("a/file", "b/file");
    await symlink("..", join(root, "a/up"));
    await symlink(".", join(root, "self"));
    await symlink("../b", join(root, "a/to-b"));
    await symlink("../a", join(root, "b/to-a"));
    await symlink("ring-2", join(root, "ring-1"));
    await symlink("ring-1", join(root, "ring-2"));
    const entries = await walked(root, options);
    expect(files(entries)).toEqual(["a/file", "a/to-b/file", "b/file", "b/to-a/file"]);
    expect(skips(entries)).toEqual([
      "ring-1: loop",
      "ring-2: loop",
      "a/to-b/to-a: loop",
      "a/up: loop",
      "b/to-a/to-b: loop",
      "b/to-a/up: loop",
      "self: loop",
    ]);
  });

  it("to nothing are named dangling", async () => {
    const root = await tree("file");
    await symlink("nowhere", join(root, "to-nothing"));
    expect(skips(await walked(root, options))).toEqual(["to-nothing: dangling"]);
  });
});

describe("its manners", () => {
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
