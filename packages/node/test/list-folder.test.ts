import { realpath, symlink } from "node:fs/promises";
import { join } from "node:path";
import { SourceError } from "@cosup/core";
import type { FolderEntry, ListFolderOptions } from "@cosup/core/directory";
import { expect, it } from "vitest";
import { listFolder, pathFilter } from "../src/list-folder.ts";
import { caught } from "./caught.ts";
import { tree } from "./walk-rig.ts";

async function listed(root: string, options?: ListFolderOptions): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  for await (const entry of listFolder(root, options)) entries.push(entry);
  return entries;
}

it("lists every file with its key, its path and its size", async () => {
  const root = await tree("a", "sub/b");
  const file = { status: "planned", reason: undefined, error: undefined } as const;
  const [a, b] = [join(root, "a"), join(root, "sub", "b")];
  expect(await listed(root, { Prefix: "site/" })).toEqual([
    { relativePath: "a", Key: "site/a", path: a, realPath: await realpath(a), size: 1, ...file },
    { relativePath: "sub/b", Key: "site/sub/b", path: b, realPath: await realpath(b), size: 5, ...file },
  ]);
});

it("says what is skipped and why, and leaves out what the globs exclude", async () => {
  const root = await tree("a.txt", "b.map");
  await symlink("a.txt", join(root, "link"));
  const entries = await listed(root, { exclude: ["*.map"] });
  expect(entries.map(({ Key, status, reason }) => [Key, status, reason])).toEqual([
    ["a.txt", "planned", undefined],
    ["link", "skipped", "symlink"],
  ]);
});

it("lists in the order of COS's keys, which is that of their UTF-8 bytes", async () => {
  const names = ["a/b", "a.b", "a0", "b/z/y", "b/z.y", "b/\u{1f600}", "b/\uff5e", "Z"];
  const root = await tree(...names);
  const keys = (await listed(root, { order: "key", sizes: false })).map(({ Key }) => Key);
  const sorted = keys.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  expect(keys).toEqual(sorted);
  expect(keys).toEqual(["Z", "a.b", "a/b", "a0", "b/z.y", "b/z/y", "b/\uff5e", "b/\u{1f600}"]);
});

it("reads no sizes when they are not wanted, also of a file that is named like a checkpoint and is none", async () => {
  const names = ["a.txt", `${"0".repeat(32)}.json`];
  const root = await tree(...names);
  const sizes = async (wanted: boolean) =>
    (await listed(root, { sizes: wanted })).map(({ status, size }) => [status, size > 0]);
  expect(await sizes(true)).toEqual(names.map(() => ["planned", true]));
  expect(await sizes(false)).toEqual(names.map(() => ["planned", false]));
});

it("pathFilter tells which paths listFolder would list", async () => {
  const isWanted = await pathFilter({ include: ["*.js"], exclude: ["old/"] });
  expect(["a.js", "b/c.js", "a.css", "old/a.js"].filter(isWanted)).toEqual(["a.js", "b/c.js"]);
  await expect(pathFilter({ include: [""] })).rejects.toMatchObject({ parameter: "include" });
});

it("follows links when asked, and reports a link to nothing as a failure", async () => {
  const root = await tree("a");
  await symlink("a", join(root, "link"));
  await symlink("nowhere", join(root, "lost"));
  const entries = await listed(root, { followSymlinks: true });
  expect(entries.map(({ Key, status, reason }) => [Key, status, reason])).toEqual([
    ["a", "planned", undefined],
    ["link", "planned", undefined],
    ["lost", "failed", "dangling"],
  ]);
  expect(entries[2]?.error).toBeInstanceOf(Error);
});

it("reports a file whose key COS does not accept as a failure", async () => {
  const root = await tree("file");
  const [entry] = await listed(root, { Prefix: `${"x".repeat(848)}/` });
  expect(entry).toMatchObject({ status: "failed", error: { name: "RangeError", parameter: "Key" } });
});

it("refuses wrong options and a folder that is not there", async () => {
  const root = await tree("a");
  expect(await caught(listed(root, { Prefix: "/" }))).toMatchObject({ parameter: "Prefix" });
  expect(await caught(listed(root, { include: [""] }))).toMatchObject({ parameter: "include" });
  expect(await caught(listed(root, { Bucket: "b-1" } as ListFolderOptions))).toMatchObject({
    parameter: "Bucket",
  });
  expect(await caught(listed(join(root, "nowhere")))).toBeInstanceOf(SourceError);
});

it.each([
  ["null", null, "parameters"],
  ["a list", [], "options"],
  ["another folder", { LocalDirectoryPath: "/" }, "LocalDirectoryPath"],
  ["an unknown name", { prefix: "a/" }, "prefix"],
])("options that are %s are refused by name", async (_what, options, parameter) => {
  const list = listFolder(".", options as ListFolderOptions);
  await expect(list.next()).rejects.toMatchObject({ name: "TypeError", parameter });
});
