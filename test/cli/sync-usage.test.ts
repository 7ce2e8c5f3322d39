import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, openRig, type Rig } from "./rig.ts";

const AT = `cos://${BUCKET}/site`;
let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
  await mkdir(join(rig.folder, "site"));
  await writeFile(join(rig.folder, "site", "a"), "1");
});
afterAll(() => rig.close());

it.each([
  [["sync", AT, `${AT}/below`], "must not be the source"],
  [["sync", "site", AT, "--max-delete", "3"], "--max-delete"],
  [["sync", "site", AT, "--max-delete", "x", "--delete"], "--max-delete"],
  [["sync", "site", AT, "--compare", "time"], "ledger, crc64, size, exists"],
  [["sync", "site", AT, "--include", ""], "--include"],
  [["sync", "site", AT, "--files", "0"], "--files"],
  [["sync", "site", `cos://${BUCKET}//x`], "must not begin with '/'"],
  [["sync", AT, "site", "--cache-control", "x"], "is for uploads: the source is in COS (--cache-control)"],
  [["sync", AT, "site", "--follow-symlinks"], "--follow-symlinks"],
])("%j is refused", async (words, names) => {
  const run = await rig.run(words);
  expect(run).toMatchObject({ code: 2, stdout: "" });
  expect(run.stderr).toContain(names);
  expect(run.stderr.trim().split("\n")).toHaveLength(1);
  expect(rig.requests).toEqual([]);
});

it("a folder that is not there is a missing source", async () => {
  expect(await rig.run(["sync", "nowhere", AT, "--delete"])).toMatchObject({
    code: 4,
    stderr: "cosup: nowhere does not exist\n",
  });
});
