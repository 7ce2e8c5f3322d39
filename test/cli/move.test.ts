import { mkdir, readdir, readFile, stat, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Middleware } from "@cosup/emulator";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, summaryOf } from "./rig.ts";

const AT = `cos://${BUCKET}`;
let rig: Rig;
let beforeHead: (() => Promise<void>) | undefined;

/** What happens after a copy, and before it is compared once more. */
const interfere: Middleware = async (call, next) => {
  const act = call.operation === "HeadObject" ? beforeHead : undefined;
  beforeHead = act === undefined ? beforeHead : undefined;
  await act?.();
  return next();
};

beforeEach(async () => {
  beforeHead = undefined;
  rig = await openRig([interfere]);
});
afterEach(() => rig.close());

const here = (...names: string[]): string => join(rig.folder, ...names);
const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined;
const keys = async (): Promise<string[]> =>
  (await rig.run(["ls", "-r", AT])).stdout.split("\n").filter(Boolean);

it("mv uploads a file, compares it, and deletes it", async () => {
  await writeFile(here("a.txt"), "text");
  const run = await rig.run(["mv", "a.txt", `${AT}/dir/`, "--json"]);
  expect(run.code).toBe(0);
  expect(jsonLines(run).filter(({ type }) => type === "object")).toMatchObject([
    { source: "a.txt", key: "dir/a.txt", status: "uploaded" },
    { source: "a.txt", key: "dir/a.txt", status: "deleted" },
  ]);
  expect(summaryOf(run)).toMatchObject({ uploaded: 1, deleted: 1, failed: 0 });
  expect([await exists(here("a.txt")), await keys()]).toEqual([false, ["dir/a.txt"]]);
});

it("mv -r uploads a folder; links and what failed stay", async () => {
  await mkdir(here("site/sub"), { recursive: true });
  await writeFile(here("site/a"), "1");
  await writeFile(here("site/sub/b"), "2");
  await symlink("a", here("site/link"));
  expect((await rig.run(["mv", "-r", "site", `${AT}/s`])).code).toBe(0);
  expect((await readdir(here("site"), { recursive: true })).sort()).toEqual(["link", "sub"]);
  expect(await keys()).toEqual(["s/a", "s/sub/b"]);
});

it("mv downloads and copies inside COS, and then deletes the object", async () => {
  await writeFile(here("a"), "text");
  await rig.run(["cp", "a", `${AT}/x/a`]);
  expect((await rig.run(["mv", `${AT}/x/a`, "b"])).stdout).toMatch(/^deleted cos:\S+\/x\/a \(4 B\)$/m);
  expect([await readFile(here("b"), "utf8"), await keys()]).toEqual(["text", []]);
  await rig.run(["cp", "a", `${AT}/x/a`]);
  await rig.run(["cp", "a", `${AT}/x/y/b`]);
  expect((await rig.run(["mv", "-r", `${AT}/x/`, "cos://spare-1250000000/z"])).code).toBe(0);
  expect(await keys()).toEqual([]);
  expect((await rig.run(["ls", "-r", "cos://spare-1250000000"])).stdout).toBe("z/a\nz/y/b\n");
});

it("a source that is no longer what its target holds stays", async () => {
  await writeFile(here("a"), "text");
  beforeHead = () => writeFile(here("a"), "more");
  const run = await rig.run(["mv", "a", `${AT}/a`]);
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/^cosup: a stays, because its target does not hold the same bytes/m);
  expect(await readFile(here("a"), "utf8")).toBe("more");
  await rig.run(["cp", "a", `${AT}/b`]);
  beforeHead = () => writeFile(here("down"), "else");
  expect((await rig.run(["mv", `${AT}/b`, "down"])).code).toBe(1);
  expect(await keys()).toEqual(["a", "b"]);
});

it("a source in whose place is no file any more stays", async () => {
  for (const name of ["a", "b"]) await writeFile(here(name), name);
  // Both are copied; this is before the first is compared.
  beforeHead = async () => {
    await unlink(here("b"));
    await symlink("a", here("b"));
  };
  const run = await rig.run(["mv", "a", "b", `${AT}/d/`, "--files", "1"]);
  expect(run).toMatchObject({ code: 1, stderr: "cosup: b is no regular file: it stays\n" });
  expect((await readdir(here("."))).filter((name) => name.length === 1)).toEqual(["b"]);
});

it("a source that failed or was skipped stays", async () => {
  await writeFile(here("a"), "text");
  await rig.run(["cp", "a", `${AT}/a`]);
  await writeFile(here("a"), "other");
  expect((await rig.run(["mv", "a", `${AT}/a`, "--skip", "exists"])).code).toBe(0);
  expect((await rig.run(["mv", "a", `${AT}/a`, "--forbid-overwrite"])).code).toBe(1);
  expect((await rig.run(["mv", "a", `${AT}/a`, "--dry-run"])).code).toBe(0);
  expect(await readFile(here("a"), "utf8")).toBe("other");
});

it.each([
  [["mv", `${AT}/a`, `${AT}/a`], "must not be the source"],
  [["mv", "-r", `${AT}/a`, `${AT}/a/b`], "nor a folder in it"],
  [["mv", "-", `${AT}/a`], "must not be -: mv moves files and objects"],
  [["mv", `${AT}/a`, "-"], "must not be -: mv moves files and objects"],
  [["mv", "-r", "site", `${AT}/a`, "--follow-symlinks"], "is for cp and sync: mv moves no links"],
  [["mv", "a"], "cos://"],
])("%j is refused", async (words, text) => {
  const run = await rig.run(words);
  expect(run).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(text) });
  expect(rig.requests).toEqual([]);
});
