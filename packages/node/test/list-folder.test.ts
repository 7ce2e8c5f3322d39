import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { SourceError } from "@cosup/core";
import type { FolderEntry, ListFolderOptions } from "@cosup/core/directory";
import { expect, it } from "vitest";
import { listFolder } from "../src/list-folder.ts";
import { caught } from "./caught.ts";
import { tree } from "./walk-rig.ts";

async function listed(root: string, options?: ListFolderOptions): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  for await (const entry of listFolder(root, options)) entries.push(entry);
  return entries;
}

it("lists every file with its key, its path and its size", async () => {
  const root = await tree("a", "sub/b");
  expect(await listed(root, { Prefix: "site/" })).toEqual([
    { relativePath: "a", Key: "site/a", path: join(root, "a"), size: 1, status: "planned" },
    { relativePath: "sub/b", Key: "site/sub/b", path: join(root, "sub", "b"), size: 5, status: "planned" },
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
