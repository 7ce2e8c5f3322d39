import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, type Run, SECRET_ID, SECRET_KEY, summaryOf } from "./rig.ts";

const AT = `cos://${BUCKET}/site`;
let rig: Rig;

beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

async function store(objects: Readonly<Record<string, string>>): Promise<void> {
  const { createCos } = await import("@cosup/node");
  const cos = createCos({ Endpoint: rig.env.COS_ENDPOINT, SecretId: SECRET_ID, SecretKey: SECRET_KEY });
  for (const [name, Body] of Object.entries(objects))
    await cos.putObject({ Bucket: BUCKET, Key: `site/${name}`, Body });
  await cos.close();
}

const here = (name: string): string => join(rig.folder, "out", name);
const text = (name: string): Promise<string> => readFile(here(name), "utf8");
const sync = (...words: string[]): Promise<Run> => rig.run(["sync", AT, "out", "--json", ...words]);

it("downloads what differs, and what is unchanged costs the list alone", async () => {
  await store({ a: "1", "b/c": "22", "b/": "", d: "4" });
  const first = await sync();
  expect(first.code).toBe(0);
  expect(jsonLines(first)).toContainEqual(
    expect.objectContaining({ type: "object", key: "site/b/c", to: "out/b/c", status: "downloaded" }),
  );
  const before = rig.requests.length;
  expect(summaryOf(await sync())).toMatchObject({ downloaded: 0, unchanged: 3 });
  expect(rig.requests.slice(before)).toEqual(["ListObjects "]);
  await store({ a: "9" });
  const { atime, mtime } = await stat(here("d"));
  await writeFile(here("d"), "x");
  await utimes(here("d"), atime, mtime);
  expect(summaryOf(await sync())).toMatchObject({ downloaded: 2, unchanged: 1 });
  expect([await text("a"), await text("d")]).toEqual(["9", "4"]);
});

it("without a ledger, equal files are compared and stay", async () => {
  await store({ a: "1", b: "2" });
  await mkdir(here("."), { recursive: true });
  await writeFile(here("a"), "1");
  await writeFile(here("b"), "x");
  const before = rig.requests.length;
  expect(summaryOf(await sync())).toMatchObject({ downloaded: 1, unchanged: 1 });
  const operations = rig.requests.slice(before).map((request) => request.split(" ")[0]);
  expect(operations.sort()).toEqual(["GetObject", "HeadObject", "HeadObject", "ListObjects"]);
});

it("--delete deletes files that have no object, but nothing after a failure", async () => {
  await store({ a: "1", "sub/b": "2" });
  await sync();
  for (const name of ["mine", "sub/mine", "kept.txt"]) await writeFile(here(name), "m");
  expect(summaryOf(await sync())).toMatchObject({ deleted: 0 });
  await store({ "../up": "no path" });
  const failed = await sync("--delete");
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/cannot be a path below the target/);
  expect(await text("mine")).toBe("m");
  expect(await readdir(rig.folder)).not.toContain("up");
  await rig.run(["rm", `${AT}/../up`]);
  expect((await sync("--delete", "--max-delete", "1")).code).toBe(1);
  const dry = await rig.run(["sync", AT, "out", "--delete", "--exclude", "*.txt", "-n"]);
  expect(dry.stdout).toMatch(/^would delete out\/mine \(1 B\)$/m);
  expect(summaryOf(await sync("--delete", "--exclude", "*.txt"))).toMatchObject({ deleted: 2, unchanged: 2 });
  expect((await readdir(here("."), { recursive: true })).sort()).toEqual(["a", "kept.txt", "sub", "sub/b"]);
});

it("writes nothing through a link in the folder", async () => {
  await store({ "dir/a": "1", b: "2" });
  await mkdir(join(rig.folder, "elsewhere"));
  await mkdir(here("."));
  await symlink(join(rig.folder, "elsewhere"), here("dir"));
  const run = await sync();
  expect(run.code).toBe(1);
  expect(summaryOf(run)).toMatchObject({ downloaded: 1, failed: 1 });
  expect(run.stderr).toMatch(
    /dir\/a is below a link or something else that is no folder: it stays as it is\n/,
  );
  expect(await readdir(join(rig.folder, "elsewhere"))).toEqual([]);
});

it("--dry-run creates nothing, not even the folder", async () => {
  await store({ a: "1" });
  const run = await rig.run(["sync", AT, "out/below", "-n", "--delete"]);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(run.stdout).toMatch(/^would download cos:\S+\/site\/a to out\/below\/a \(1 B\)\n/);
  expect(await readdir(rig.folder)).not.toContain(dirname("out/below"));
  await rm(here("."), { recursive: true, force: true });
});
