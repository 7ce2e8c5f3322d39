import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Middleware } from "@cosup/emulator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, type Run } from "../rig.ts";
import { useHere } from "./here.ts";

const AT = `cos://${BUCKET}/site/`;
let rig: Rig;
let run: (words: readonly string[]) => Promise<Run>;
let refused = "";

const refuse: Middleware = (call, next) => {
  if (call.operation !== "PutObject" || call.key !== refused) return next();
  const body = "<Error><Code>InvalidArgument</Code><Message>by the test</Message></Error>";
  return Promise.resolve({ status: 400, headers: { "Content-Type": "application/xml" }, body });
};

beforeAll(async () => {
  rig = await openRig([refuse]);
  run = useHere(rig);
  await mkdir(join(rig.folder, "site/dir"), { recursive: true });
  await mkdir(join(rig.folder, "site/node_modules"));
});
afterAll(() => rig.close());

const here = (...names: string[]): string => join(rig.folder, "site", ...names);

/** Waits until something is so; the time limit of the test ends it otherwise. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(20);
}

const sent = (operation: string, key: string): boolean => rig.requests.includes(`${operation} site/${key}`);

it.each([
  [["sync", "SITE", AT, "--watch", "--dry-run"], "--dry-run"],
  [["sync", "SITE", AT, "--watch", "--files-from", "x"], "--files-from"],
  [["sync", "SITE", AT, "--watch", "--follow-symlinks"], "--follow-symlinks"],
  [["sync", AT, "SITE", "--watch"], "the target must be in COS"],
])("%j is refused", async (words, says) => {
  const end = await run(words.map((word) => (word === "SITE" ? here() : word)));
  expect(end).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(says) });
  expect(rig.requests).toEqual([]);
});

it("a folder that does not exist ends it with 4", async () => {
  const end = await run(["sync", here("none"), AT, "--watch"]);
  expect(end).toEqual({ code: 4, stdout: "", stderr: `cosup: ${here("none")} does not exist\n` });
});

it("copies what changes and deletes what goes, goes on after failures, and says at the end what is kept", async () => {
  for (const name of ["a", "dir/b", "link", "moved"]) await writeFile(here(name), name);
  refused = "site/bad";
  const words = ["sync", here(), AT, "--watch", "--delete", "--exclude", "node_modules", "--json"];
  const ended = run(words);
  await until(() => sent("PutObject", "dir/b") && sent("PutObject", "moved"));
  // Those of the first sync may still be written down; what changes from here on is noticed all the same.
  await writeFile(here("new"), "1");
  await writeFile(here("node_modules/x"), "1");
  await until(() => sent("PutObject", "new"));
  const lists = rig.requests.filter((request) => request.startsWith("ListObjects")).length;
  await writeFile(here("bad"), "1");
  await until(() => sent("PutObject", "bad"));
  await mkdir(here("later/deep"), { recursive: true });
  await rename(here("moved"), here("later/deep/moved"));
  await rm(here("link"));
  await symlink("a", here("link"));
  await until(() => sent("PutObject", "later/deep/moved"));
  // Nothing is deleted while something fails; its object stays until then.
  expect(sent("DeleteObject", "moved")).toBe(false);
  refused = "";
  await writeFile(here("bad"), "22");
  await until(() => rig.requests.includes("DeleteMultipleObjects "));
  expect(rig.requests.filter((request) => request.startsWith("ListObjects")).length).toBe(lists);
  // The next round begins when the one before has ended.
  await writeFile(here("last"), "1");
  await until(() => sent("PutObject", "last"));
  process.emit("SIGINT");
  const end = await ended;
  expect(end.code).toBe(130);
  expect(end.stderr).toMatch(/^cosup: watching .*; press Ctrl-C to stop$/m);
  expect(end.stderr).toMatch(
    /stopped watching; everything that has changed is copied\n$|is kept\. To resume, run:\n/,
  );
  expect(jsonLines(end)).toContainEqual(expect.objectContaining({ key: "site/moved", status: "deleted" }));
  const left = jsonLines(await run(["ls", "-r", AT, "--json"])).flatMap(({ key = [] }) => key);
  expect(left.filter((key) => key !== "site/last")).toEqual(
    ["a", "bad", "dir/b", "later/deep/moved", "link", "new"].map((name) => `site/${name}`),
  );
}, 60_000);
