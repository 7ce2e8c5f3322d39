import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { WalkEntry } from "@cosup/core/files";
import { afterEach, describe, expect, it, vi } from "vitest";
import { files, skips, tree, walked, walkFiles } from "./walk-rig.ts";

vi.mock("node:fs/promises", { spy: true });

afterEach(() => {
  vi.resetAllMocks();
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

  it.runIf(process.platform === "linux")(
    "names that decode to the same text, except the valid UTF-8 one",
    async () => {
      const root = await tree("a\uFFFD");
      const beside = (byte: number): Buffer => Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([byte])]);
      await writeFile(beside(0xff), "another");
      await writeFile(beside(0xfe), "a third");
      for (const sizes of [true, false]) {
        const entries = await walked(root, { sizes });
        expect(files(entries)).toEqual(["a\uFFFD"]);
        expect(skips(entries)).toEqual(["a\uFFFD: name-not-utf8", "a\uFFFD: name-not-utf8"]);
        for (const { error } of entries.filter((entry) => entry.kind === "skipped")) {
          expect(String(error)).toContain("not valid UTF-8");
        }
      }
    },
  );

  it("checkpoints, locks and their drafts, and no other files of such names", async () => {
    const id = "0123456789abcdef0123456789abcdef";
    const checkpoint = '{"version":1,"Bucket":"b-1","Key":"k"}';
    const owner = '{"pid":1,"hostname":"h","startedAt":"","token":"ab"}';
    const ours: Record<string, string> = {
      [`${id}.json`]: checkpoint,
      [`${id}.ledger`]: '{"version":1,"ledger":"upload"}',
      [`${id}.ledger.0123456789abcdef.tmp`]: "",
      [`${id}.json.0123456789abcdef.tmp`]: "",
      [`${id}.lock`]: owner,
      [`${id}.lock.0123456789abcdef.draft`]: owner,
      [`${id}.lock.0123456789abcdef`]: owner,
    };
    const theirs: Record<string, string> = {
      [`${id.replace("0", "1")}.json`]: '{"version":"1.0","name":"a package"}',
      [`${id.replace("0", "2")}.json`]: "",
      [`${id.replace("0", "3")}.lock`]: "# yarn lockfile v1",
      "0123.json": checkpoint,
      "package-lock.json": checkpoint,
    };
    const root = await tree("state/");
    for (const [name, text] of Object.entries({ ...ours, ...theirs })) {
      await writeFile(join(root, "state", name), text);
    }
    for (const sizes of [true, false]) {
      const entries = await walked(root, { sizes });
      const below = (names: object): string[] => Object.keys(names).map((name) => `state/${name}`);
      expect(files(entries).sort()).toEqual(below(theirs).sort());
      expect(skips(entries).sort()).toEqual(
        below(ours)
          .map((path) => `${path}: checkpoint`)
          .sort(),
      );
      expect(entries.every((entry) => !("error" in entry))).toBe(true);
    }
  });

  it("a directory without read permission, and continues", async () => {
    const root = await tree("a", "closed/x", "open/y");
    const { opendir } = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
    const denied = Object.assign(new Error("denied"), { code: "EACCES" });
    // Tests may run as root, who may read everything.
    vi.mocked((await import("node:fs/promises")).opendir).mockImplementation((path, options) =>
      realpathSync(path).endsWith("closed") ? Promise.reject(denied) : opendir(path, options),
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
      if (realpathSync(path).endsWith("sub")) {
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

describe("a folder that is removed while its names are read", () => {
  // The kernel then ends the list as if it were complete.
  async function removedAtItsFirstName(root: string, folder: string): Promise<WalkEntry[]> {
    const actual = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
    vi.mocked((await import("node:fs/promises")).opendir).mockImplementation(async (path, options) => {
      const isIt = realpathSync(path) === folder;
      const handle = await actual.opendir(path, options);
      if (isIt) await rm(folder, { recursive: true });
      return handle;
    });
    return walked(root);
  }

  it("is a failure of that folder, and the walk goes on", async () => {
    const root = await tree("a", "gone/x", "gone/y", "z/1");
    const entries = await removedAtItsFirstName(root, join(root, "gone"));
    expect(files(entries)).toEqual(["a", "z/1"]);
    expect(entries.find(({ relativePath }) => relativePath === "gone")).toMatchObject({
      reason: "vanished",
      unread: true,
      error: { code: "ENOENT" },
    });
  });

  it("is a failure of the root, not an empty root", async () => {
    const root = await tree("a", "b/c");
    const entries = await removedAtItsFirstName(root, root);
    expect(entries).toMatchObject([
      { kind: "skipped", relativePath: "", reason: "vanished", unread: true, error: { code: "ENOENT" } },
    ]);
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

  it("never leave the root, not even for a folder whose name has the same prefix", async () => {
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
