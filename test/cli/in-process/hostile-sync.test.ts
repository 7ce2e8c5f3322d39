import { mkdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Middleware } from "@cosup/emulator";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, type Run, summaryOf } from "../rig.ts";
import { useHere } from "./here.ts";

const AT = `cos://${BUCKET}`;
let rig: Rig;
let run: (words: readonly string[]) => Promise<Run>;
/** What happens at the first request of an operation, before or after COS has carried it out. */
let interfere: { readonly operation: string; readonly when: "before" | "after"; act(): unknown } | undefined;
/** Whether lists have their objects in the opposite order. */
let isReversed = false;
/** What COS says of the deletion of several objects, in place of deleting them. */
let deleteResult: string | undefined;

const interference: Middleware = async (call, next) => {
  const due = call.operation === interfere?.operation ? interfere : undefined;
  if (due !== undefined) interfere = undefined;
  if (due?.when === "before") await due.act();
  if (call.operation === "DeleteMultipleObjects" && deleteResult !== undefined)
    return { status: 200, headers: { "Content-Type": "application/xml" }, body: deleteResult };
  const response = await next();
  if (due?.when === "after") await due.act();
  if (!isReversed || call.operation !== "ListObjects" || typeof response.body !== "string") return response;
  const objects = response.body.match(/<Contents>.*?<\/Contents>/gs) ?? [];
  return { ...response, body: response.body.replace(objects.join(""), objects.reverse().join("")) };
};

beforeAll(async () => {
  rig = await openRig([interference]);
  run = useHere(rig);
});
afterAll(() => rig.close());
beforeEach(async () => {
  interfere = undefined;
  deleteResult = undefined;
  isReversed = false;
  await rm(here(), { recursive: true, force: true });
  await mkdir(here(), { recursive: true });
  for (const name of ["a", "b", "z"]) await writeFile(here(name), name);
});

const here = (...names: string[]): string => join(rig.folder, "site", ...names);
const sync = (...words: string[]): Promise<Run> => run(["sync", here(), `${AT}/site/`, "--json", ...words]);

async function keys(prefix: string): Promise<unknown[]> {
  const lines = jsonLines(await run(["ls", "-r", `${AT}/${prefix}`, "--json"]));
  return lines.flatMap(({ type, key }) => (type === "listed" ? [key] : []));
}

it("a file that vanishes during a sync is a failure, and nothing is deleted", async () => {
  await sync();
  await unlink(here("a"));
  // The names of the folder are read already, and what is at them is not looked at yet.
  interfere = { operation: "ListObjects", when: "before", act: () => unlink(here("z")) };
  const end = await sync("--delete");
  expect([end.code, summaryOf(end)]).toEqual([1, expect.objectContaining({ deleted: 0, failed: 1 })]);
  expect(end.stderr).toContain(`${here("z")} was removed or replaced during the sync`);
  expect(await keys("site/")).toEqual(["site/a", "site/b", "site/z"]);
  expect(summaryOf(await sync("--delete"))).toMatchObject({ deleted: 2, failed: 0 });
});

it("an object that COS does not delete is a failure", async () => {
  await sync();
  await unlink(here("z"));
  const error = "<Key>site/z</Key><Code>AccessDenied</Code><Message>by the test</Message>";
  deleteResult = `<DeleteResult><Error>${error}</Error></DeleteResult>`;
  const end = await sync("--delete");
  expect([end.code, summaryOf(end)]).toEqual([1, expect.objectContaining({ deleted: 0, failed: 1 })]);
  expect(end.stderr).toBe(`cosup: ${AT}/site/z was not deleted: by the test (AccessDenied)\n`);
});

it("a file that changes before it is deleted stays", async () => {
  await sync();
  const out = join(rig.folder, "out");
  await run(["sync", `${AT}/site/`, out]);
  await writeFile(join(out, "mine"), "1");
  await unlink(join(out, "z"));
  // Of the objects, only the last is downloaded; by then, the file has been looked at.
  interfere = { operation: "GetObject", when: "after", act: () => writeFile(join(out, "mine"), "changed") };
  const end = await run(["sync", `${AT}/site/`, out, "--delete"]);
  expect(end.code).toBe(1);
  expect(end.stderr).toBe(`cosup: ${join(out, "mine")} was changed during the sync: it stays\n`);
  expect(await readFile(join(out, "mine"), "utf8")).toBe("changed");
});

it("a file that is replaced during its comparison is compared again by the next sync", async () => {
  await sync("--compare", "crc64");
  interfere = { operation: "HeadObject", when: "after", act: () => writeFile(here("a"), "X") };
  await sync("--compare", "crc64", "--files", "1");
  await sync();
  const { stdout } = await run(["check", here(), `${AT}/site/`]);
  expect(stdout).toMatch(/^3 same/m);
});

it("a list that is not in order ends the sync before anything is deleted", async () => {
  await sync();
  await unlink(here("a"));
  isReversed = true;
  const end = await sync("--delete");
  expect(end.code).toBe(5);
  expect(end.stderr).toMatch(
    /^cosup: the list of the bucket is not in the order of its keys: "site\/b" comes after "site\/z"\n$/,
  );
  isReversed = false;
  expect(await keys("site/")).toEqual(["site/a", "site/b", "site/z"]);
});

it("mv refuses a target that is the source under another name", async () => {
  await sync();
  for (const words of [
    ["mv", "-r", `${AT}/site/`, `${AT}/site`],
    ["mv", "-r", `${AT}/site`, `${AT}/site/below`],
    ["mv", `${AT}/site/a`, `${AT}/site/`],
  ])
    expect(await run(words)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("must not be the source"),
    });
  expect(await keys("site/")).toEqual(["site/a", "site/b", "site/z"]);
});

it("Ctrl-C during a deletion does not say that nothing was deleted; the next sync does the rest", async () => {
  await sync();
  await unlink(here("a"));
  interfere = { operation: "DeleteMultipleObjects", when: "after", act: () => process.emit("SIGINT") };
  const end = await sync("--delete");
  expect(end.code).toBe(130);
  expect(end.stderr).toMatch(/some of what was to be deleted may be gone\. To resume, run:/);
  expect(await keys("site/")).toEqual(["site/b", "site/z"]);
  expect(summaryOf(await sync("--delete"))).toMatchObject({ unchanged: 2, deleted: 0, failed: 0 });
});
