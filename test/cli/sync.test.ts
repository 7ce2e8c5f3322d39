import { mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { heldRequests } from "./held-requests.ts";
import { BUCKET, jsonLines, openRig, type Rig, type Run, summaryOf } from "./rig.ts";

const AT = `cos://${BUCKET}/site`;
const puts = heldRequests();
let rig: Rig;
beforeEach(async () => {
  rig = await openRig([puts.middleware]);
});
afterEach(() => {
  puts.release();
  return rig.close();
});

async function write(files: Readonly<Record<string, string>>, folder = "site"): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(rig.folder, folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

const sync = (...words: string[]): Promise<Run> => rig.run(["sync", "site", AT, "--json", ...words]);
const keys = async (): Promise<string[]> =>
  (await rig.run(["ls", "-r", `${AT}/`])).stdout.split("\n").filter(Boolean);
const content = async (key: string): Promise<string> => (await rig.run(["cat", `${AT}/${key}`])).stdout;

/** The requests of one sync: their operations, in alphabetical order. */
async function requestsOf(run: () => Promise<Run>): Promise<string[]> {
  const before = rig.requests.length;
  expect((await run()).code).toBe(0);
  return rig.requests
    .slice(before)
    .map((request) => request.split(" ")[0] ?? "")
    .sort();
}

async function ledgerPath(): Promise<string> {
  const names = await readdir(join(rig.folder, "state"));
  const [name = ""] = names.filter((each) => each.endsWith(".ledger"));
  expect(names.filter((each) => each.includes(".ledger"))).toEqual([name]);
  return join(rig.folder, "state", name);
}

describe("what is unchanged", () => {
  it("costs the list and no other request", async () => {
    await write({ "a.txt": "a", "a/b": "b", "z/ü d": "c", empty: "" });
    expect(summaryOf(await sync())).toMatchObject({ files: 4, uploaded: 4, failed: 0, bytes: 3 });
    expect(await keys()).toEqual(["a.txt", "a/b", "empty", "z/ü d"]);
    expect(await requestsOf(sync)).toEqual(["ListObjects"]);
    expect(summaryOf(await sync())).toMatchObject({ files: 4, uploaded: 0, unchanged: 4, unchangedBytes: 3 });
  });

  it("is found among keys whose order differs between UTF-16 and UTF-8, over several pages", async () => {
    const names = Array.from({ length: 1100 }, (_, index) => `many/${index}`);
    const all = [...names, "x/\u{1f600}", "x/\uff5e", "x/\u4e2d", "x.y", "x/y"];
    await write(Object.fromEntries(all.map((name) => [name, "1"])));
    expect(summaryOf(await sync("--files", "20"))).toMatchObject({ uploaded: all.length });
    expect(await requestsOf(sync)).toEqual(["ListObjects", "ListObjects"]);
  }, 60_000);

  it("without a ledger costs one HEAD for each file of equal size", async () => {
    await write({ a: "a", b: "b", c: "c" });
    await sync();
    await rm(await ledgerPath());
    await write({ c: "longer" });
    expect(await requestsOf(sync)).toEqual(["HeadObject", "HeadObject", "ListObjects", "PutObject"]);
    expect(await requestsOf(sync)).toEqual(["ListObjects"]);
  });
});

describe("a ledger", () => {
  it.each([
    ["of another version", (text: string) => text.replace('"version":1', '"version":9'), "other-version"],
    ["with a changed byte", (text: string) => text.replace('["b"', '["c"'), "damaged"],
    ["without its end", (text: string) => text.slice(0, -20), "damaged"],
    ["that is empty", () => "", "damaged"],
    ["that is something else", () => "\0\0\0\n\n", "damaged"],
  ])("%s is not believed, and replaced", async (_what, damage, code) => {
    await write({ a: "a", b: "b" });
    await sync();
    const path = await ledgerPath();
    await writeFile(path, damage(await readFile(path, "utf8")));
    const before = rig.requests.length;
    const run = await sync();
    expect(run.code).toBe(0);
    const what = code === "damaged" ? "is damaged" : "was written by another version of cosup";
    const message = `the ledger of this sync ${what}: files of equal size are compared by HEAD and CRC64`;
    expect(jsonLines(run)).toContainEqual({ type: "warning", code: `ledger-${code}`, message });
    expect(rig.requests.slice(before).sort()).toEqual([
      "HeadObject site/a",
      "HeadObject site/b",
      "ListObjects ",
    ]);
    expect(await requestsOf(sync)).toEqual(["ListObjects"]);
  });

  it("that cannot be written stops nothing", async () => {
    await write({ a: "a" });
    await writeFile(join(rig.folder, "file"), "");
    const run = await sync("--state-dir", "file");
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/"code":"ledger-unusable","message":"the ledger cannot be kept \(.*EEXIST/);
    expect(await keys()).toEqual(["a"]);
  });

  it("inside the folder is not uploaded", async () => {
    await write({ a: "a" });
    await sync("--state-dir", "site/state");
    await sync("--state-dir", "site/state");
    expect(await keys()).toEqual(["a"]);
  });

  it("is locked against a second sync, and keeps what an interrupted one has done", async () => {
    await write(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index + 10}`, "1"])));
    // All behind the tenth, so that the first sync cannot end.
    puts.hold(({ operation, key }) => operation === "PutObject" && /\/f[23]/.test(key));
    const first = rig.start(["sync", "site", AT, "--json", "--files", "2"]);
    await first.line(/"key":"site\/f13"/);
    const second = await sync();
    expect(second.code).toBe(7);
    expect(second.stderr).toMatch(/^cosup: another sync of .* is running/);
    first.child.kill("SIGINT");
    const run = await first.ended;
    expect(run.code).toBe(130);
    expect(run.stderr).toMatch(/what was copied is kept, and nothing was deleted\. To resume, run:\n/);
    puts.release();
    const before = rig.requests.length;
    expect(summaryOf(await sync())).toMatchObject({ files: 30, failed: 0 });
    // Those that were under way may be stored without being known.
    const heads = rig.requests.slice(before).filter((request) => request.startsWith("HeadObject"));
    expect(heads.length).toBeLessThanOrEqual(2);
  });

  it("keeps what a filter leaves out", async () => {
    await write({ "a.html": "1", "b.css": "2" });
    await sync("--include", "*.html", "--cache-control", "no-cache");
    await sync("--exclude", "*.html", "--cache-control", "max-age=60");
    expect(await requestsOf(() => sync("--include", "*.html", "--cache-control", "no-cache"))).toEqual([
      "ListObjects",
    ]);
  });
});

describe("what has changed", () => {
  it("is a file replaced by another of the same size and an older time", async () => {
    await write({ a: "one", b: "two" });
    await sync();
    const other = join(rig.folder, "other");
    await writeFile(other, "six");
    await utimes(other, new Date(0), new Date(0));
    await rename(other, join(rig.folder, "site/a"));
    expect(summaryOf(await sync())).toMatchObject({ uploaded: 1, unchanged: 1 });
    expect(await content("a")).toBe("six");
  });

  it("is a file edited in place whose time was put back", async () => {
    await write({ a: "one" });
    const path = join(rig.folder, "site/a");
    const time = new Date("2020-01-01");
    await utimes(path, time, time);
    await sync();
    await writeFile(path, "six");
    await utimes(path, time, time);
    expect(summaryOf(await sync())).toMatchObject({ uploaded: 1 });
  });

  it("are the headers that are asked for", async () => {
    await write({ a: "one" });
    await sync("--cache-control", "no-cache");
    expect(summaryOf(await sync("--cache-control", "max-age=60"))).toMatchObject({ uploaded: 1 });
    expect((await rig.run(["stat", `${AT}/a`])).stdout).toMatch(/cacheControl +max-age=60/);
    expect(await requestsOf(() => sync("--cache-control", "max-age=60"))).toEqual(["ListObjects"]);
  });

  it("is an object that somebody else has replaced", async () => {
    await write({ a: "one", b: "two" });
    await sync();
    await writeFile(join(rig.folder, "theirs"), "six");
    await rig.run(["cp", "theirs", `${AT}/a`]);
    expect(summaryOf(await sync())).toMatchObject({ uploaded: 1, unchanged: 1 });
    expect(await content("a")).toBe("one");
  });

  it("depends on --compare", async () => {
    await write({ a: "one", b: "two" });
    await sync();
    await write({ a: "six", b: "longer" });
    expect(summaryOf(await sync("--compare", "exists"))).toMatchObject({ uploaded: 0, unchanged: 2 });
    expect(summaryOf(await sync("--compare", "size"))).toMatchObject({ uploaded: 1, unchanged: 1 });
    expect(await content("a")).toBe("one");
    expect(await requestsOf(() => sync("--compare", "crc64"))).toEqual([
      "HeadObject",
      "HeadObject",
      "ListObjects",
      "PutObject",
    ]);
    expect(await content("a")).toBe("six");
  });
});

describe("--delete", () => {
  it("deletes what the folder has not, and only below the prefix", async () => {
    await write({ a: "1", "b/c": "22" });
    await sync();
    await rig.run(["cp", "site/a", `cos://${BUCKET}/site2`]);
    await rm(join(rig.folder, "site/b/c"));
    expect(summaryOf(await sync())).toMatchObject({ deleted: 0 });
    const run = await sync("--delete");
    expect(summaryOf(run)).toMatchObject({ deleted: 1, deletedBytes: 2, unchanged: 1 });
    expect(jsonLines(run)).toContainEqual(
      expect.objectContaining({ type: "object", key: "site/b/c", status: "deleted", size: 2 }),
    );
    expect((await rig.run(["ls", "-r", `cos://${BUCKET}`])).stdout).toBe("site/a\nsite2\n");
  });

  it("deletes nothing after a failure", async () => {
    await write({ a: "1", b: "2" });
    await sync();
    await rm(join(rig.folder, "site/b"));
    await symlink("nowhere", join(rig.folder, "site/lost"));
    const run = await sync("--delete", "--follow-symlinks");
    expect(run.code).toBe(1);
    const message = "nothing was deleted, because 1 failed; 1 would have been";
    expect(jsonLines(run)).toContainEqual({ type: "warning", code: "not-deleted", message });
    expect(await keys()).toEqual(["a", "b"]);
  });

  it("deletes nothing when it would be more than --max-delete", async () => {
    await write({ a: "1", b: "2", c: "3" });
    await sync();
    await rm(join(rig.folder, "site/a"));
    await rm(join(rig.folder, "site/b"));
    const run = await rig.run(["sync", "site", AT, "--delete", "--max-delete", "1"]);
    expect(run).toMatchObject({
      code: 1,
      stderr: "cosup: nothing was deleted: 2 are to be deleted, and --max-delete is 1\n",
    });
    expect(await keys()).toEqual(["a", "b", "c"]);
    expect(summaryOf(await sync("--delete", "--max-delete", "2"))).toMatchObject({ deleted: 2 });
  });

  it("leaves what the filters exclude, and what a link stands for", async () => {
    await write({ a: "1", "keep/x": "2", "dir/y": "3", name: "4" });
    await sync();
    for (const each of ["keep", "dir", "name"]) await rm(join(rig.folder, "site", each), { recursive: true });
    await symlink("/", join(rig.folder, "site/dir"));
    await symlink("a", join(rig.folder, "site/name"));
    expect(summaryOf(await sync("--delete", "--exclude", "keep/"))).toMatchObject({ deleted: 0, skipped: 2 });
    expect(await keys()).toEqual(["a", "dir/y", "keep/x", "name"]);
  });
});

it("--dry-run says what a sync would do, and does nothing", async () => {
  await write({ same: "1", touched: "1", changed: "1", gone: "12" });
  await sync();
  await write({ changed: "2", new: "345" });
  await utimes(join(rig.folder, "site/touched"), new Date(), new Date());
  await rm(join(rig.folder, "site/gone"));
  const before = [await keys(), await readFile(await ledgerPath(), "utf8")];
  const run = await rig.run(["sync", "site", AT, "--delete", "--dry-run"]);
  expect(run).toEqual({
    code: 0,
    stderr: "",
    stdout: expect.stringMatching(
      /would upload 2 files \(4 B\); delete 1 \(2 B\); skip 2 \(2 B\); nothing was changed \(dry run\)\n$/,
    ),
  });
  expect(run.stdout.split("\n").slice(0, -2).sort()).toEqual([
    `would delete ${AT}/gone (2 B)`,
    "would skip same (1 B): it is unchanged",
    "would skip touched (1 B): it is unchanged",
    `would upload changed to ${AT}/changed (1 B)`,
    `would upload new to ${AT}/new (3 B)`,
  ]);
  expect([await keys(), await readFile(await ledgerPath(), "utf8")]).toEqual(before);
  expect(summaryOf(await sync("--delete", "-n"))).toMatchObject({
    planned: 2,
    bytes: 4,
    unchanged: 2,
    toDelete: 1,
    toDeleteBytes: 2,
  });
  expect(summaryOf(await sync("--delete"))).toMatchObject({ uploaded: 2, unchanged: 2, deleted: 1 });
});
