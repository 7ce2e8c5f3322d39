import { randomBytes } from "node:crypto";
import {
  appendFile,
  chmod,
  link,
  open,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { file, MTIME, opened, SIZE } from "./file-source-rig.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

describe("fingerprint", () => {
  it("is size and modification time in nanoseconds", async () => {
    const { path } = await file();
    const { mtimeNs } = await stat(path, { bigint: true });
    expect((await opened({ path })).fingerprint).toBe(`${SIZE}:${mtimeNs}`);
  });

  it("survives a move to another directory, and a copy that keeps the time", async () => {
    const { path, bytes } = await file();
    const { fingerprint } = await opened({ path });
    const other = join(await temporaryDirectory(), "moved.bin");
    await rename(path, other);
    expect((await opened({ path: other })).fingerprint).toBe(fingerprint);
    await writeFile(path, bytes);
    await utimes(path, 1_700_000_000, MTIME);
    expect((await opened({ path })).fingerprint).toBe(fingerprint);
  });

  it("differs after an edit in place", async () => {
    const { path } = await file();
    const { fingerprint } = await opened({ path });
    await writeFile(path, "x", { flag: "r+" });
    expect((await opened({ path })).fingerprint).not.toBe(fingerprint);
  });
});

const EDITS: Record<string, (path: string) => Promise<void>> = {
  grows: (path) => appendFile(path, "more"),
  shrinks: (path) => truncate(path, SIZE - 1),
  "is edited in place": (path) => writeFile(path, "x", { flag: "r+" }),
  "is replaced by rename, by one of equal size and time": async (path) => {
    await writeFile(`${path}.new`, randomBytes(SIZE));
    await utimes(`${path}.new`, 1_700_000_000, MTIME);
    await rename(`${path}.new`, path);
  },
  "is removed": (path) => rm(path),
};

describe.each(["before", "after"])("changed, %s the first read", (when) => {
  it.each(Object.keys(EDITS))("is true when the file %s", async (edit) => {
    const { path } = await file();
    const source = await opened({ path });
    if (when === "after") {
      await source.read(0, 10, new Uint8Array(10));
    }
    expect(await source.changed()).toBe(false);
    await EDITS[edit]?.(path);
    expect(await source.changed()).toBe(true);
    await source.close();
  });
});

const TOUCHES: Record<string, (path: string) => Promise<void>> = {
  "is edited in place and its mtime put back": async (path) => {
    await writeFile(path, "x", { flag: "r+" });
    await utimes(path, 1_700_000_000, MTIME);
  },
  "gets a hard link": (path) => link(path, `${path}.link`),
  "gets other rights": (path) => chmod(path, 0o600),
  "gets another name": (path) => rename(path, `${path}.old`),
};

it.each(Object.keys(TOUCHES))("changed is `metadata`, once, when the file %s", async (touch) => {
  const { path } = await file();
  const source = await opened({ path });
  await source.read(0, 10, new Uint8Array(10));
  await TOUCHES[touch]?.(path);
  expect(await source.changed()).toBe("metadata");
  expect(await source.changed()).toBe(false);
  await source.close();
});

it("changed is false of a file that had no name when it was opened", async () => {
  const { path } = await file();
  const handle = await open(path);
  await rm(path);
  const source = await opened(handle);
  await source.read(0, 10, new Uint8Array(10));
  expect(await source.changed()).toBe(false);
  await handle.close();
});

it("changed is false after reads, and for a FileHandle until it is edited", async () => {
  const { path } = await file();
  const handle = await open(path, "r+");
  const source = await opened(handle);
  await source.read(0, SIZE, new Uint8Array(SIZE));
  expect(await source.changed()).toBe(false);
  await handle.write("x", 0);
  expect(await source.changed()).toBe(true);
  await handle.close();
});

it("a file that shrinks under the reader gives fewer bytes", async () => {
  const { path } = await file();
  const source = await opened({ path });
  await source.read(0, 10, new Uint8Array(10));
  await truncate(path, 100);
  expect((await source.read(0, 1_000, new Uint8Array(1_000))).byteLength).toBe(100);
  await source.close();
});
