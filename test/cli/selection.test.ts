import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, summaryOf } from "./rig.ts";

let rig: Rig;
const AT = `cos://${BUCKET}`;

const FILES = {
  ".cosignore": "secret/\n*.map\n!keep.map\n",
  "a.html": "1",
  "b.map": "2",
  "keep.map": "3",
  "secret/key": "4",
  "with\nbreak": "5",
};

beforeAll(async () => {
  rig = await openRig();
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(rig.folder, "site", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
});
afterAll(() => rig.close());

async function keys(below: string): Promise<unknown[]> {
  const run = await rig.run(["ls", "-r", "--json", `${AT}/${below}`]);
  return jsonLines(run).flatMap(({ type, key }) =>
    type === "listed" ? [String(key).slice(below.length)] : [],
  );
}

it(".cosignore says what is uploaded, what a sync may delete, and what is compared", async () => {
  expect((await rig.run(["cp", "-r", "site", `${AT}/one/`])).code).toBe(0);
  const chosen = ["a.html", "keep.map", "with\nbreak"];
  expect(await keys("one/")).toEqual(chosen);
  // Somebody else's: what the rules leave out is neither deleted nor counted as extra.
  for (const key of ["secret/theirs", "x.map", ".cosignore"])
    await rig.run(["cp", "site/a.html", `${AT}/one/${key}`]);
  expect(await rig.run(["check", "site", `${AT}/one/`])).toMatchObject({ code: 0, stderr: "" });
  const run = await rig.run(["sync", "site", `${AT}/one/`, "--delete", "--json"]);
  expect(summaryOf(run)).toMatchObject({ uploaded: 0, deleted: 0, unchanged: 3 });
  // The other way: what only this folder has stays.
  const back = await rig.run(["sync", `${AT}/one/`, "site", "--delete", "--json"]);
  expect(summaryOf(back)).toMatchObject({ downloaded: 0, deleted: 0, unchanged: 3 });
  expect(await readdir(join(rig.folder, "site/secret"))).toEqual(["key"]);
  const all = await rig.run(["cp", "-r", "site", `${AT}/all/`, "--no-cosignore", "--json"]);
  expect(summaryOf(all)).toMatchObject({ uploaded: 6 });
});

it("--files-from limits uploads, syncs, comparisons and deletions to its paths; what is missing is told", async () => {
  const input = "a.html\0with\nbreak\0gone\0";
  const list = ["--files-from", "-", "-0"];
  const cp = await rig.run(["cp", "-r", "site", `${AT}/two/`, ...list], { input });
  expect(cp.code).toBe(1);
  expect(cp.stderr).toBe("cosup: gone of the list (stdin) is no file of the source\n");
  expect(await keys("two/")).toEqual(["a.html", "with\nbreak"]);
  const sync = await rig.run(["sync", "site", `${AT}/two/`, ...list, "--json"], { input });
  expect([sync.code, summaryOf(sync)]).toEqual([1, expect.objectContaining({ unchanged: 2, failed: 1 })]);
  const down = await rig.run(["sync", `${AT}/two/`, "site", ...list, "--json"], { input: "keep.map" });
  expect([down.code, summaryOf(down)]).toEqual([4, expect.objectContaining({ files: 1, failed: 1 })]);
  await rig.run(["cp", "site/a.html", `${AT}/two/other`]);
  expect((await rig.run(["check", "site", `${AT}/two/`, ...list], { input: "a.html" })).code).toBe(0);
  const rm = await rig.run(["rm", "-r", `${AT}/two`, "--yes", ...list], { input });
  expect(rm).toMatchObject({
    code: 0,
    stderr: "warning: gone of the list (stdin) is no file of the source\n",
  });
  expect(await keys("two/")).toEqual(["other"]);
});

it("--include, --exclude and --exclude-from select objects of cp -r, mv -r and rm -r too", async () => {
  await rig.run(["cp", "-r", "site", `${AT}/three/`, "--no-cosignore"]);
  await writeFile(join(rig.folder, "rules"), "secret\n");
  const down = await rig.run([
    "cp",
    "-r",
    `${AT}/three/`,
    "out",
    "--exclude",
    "*.map",
    "--exclude-from",
    "rules",
  ]);
  expect(down.code).toBe(0);
  expect((await readdir(join(rig.folder, "out"))).sort()).toEqual([".cosignore", "a.html", "with\nbreak"]);
  expect((await rig.run(["mv", "-r", `${AT}/three/`, `${AT}/four/`, "--include", "*.map"])).code).toBe(0);
  expect(await keys("four/")).toEqual(["b.map", "keep.map"]);
  const rm = await rig.run(["rm", "-r", `${AT}/three/`, "--yes", "--exclude", "a.*", "--exclude", "*.none"]);
  expect(rm.stderr).toBe("warning: nothing matched --exclude '*.none'\n");
  expect(await keys("three/")).toEqual(["a.html"]);
});
