import diagnostics from "node:diagnostics_channel";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Middleware } from "@cosup/emulator";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { BUCKET, openRig, type Rig, type Run, summaryOf } from "../rig.ts";
import { useHere } from "./here.ts";

const FILES = 40;
let rig: Rig;
let run: (words: readonly string[]) => Promise<Run>;
let isRefused = false;
let tellListed = (): void => {};
let listed = Promise.resolve();

/** COS responds to no HEAD before the client has the response to the list, or its refusal. */
const listFirst: Middleware = async (call, next) => {
  if (call.operation === "HeadObject") await listed;
  return call.operation === "ListObjects" && isRefused ? { status: 403, headers: {} } : next();
};
/** The client is in this process, and undici tells of each response that is there to its end. */
diagnostics.subscribe("undici:request:trailers", (message) => {
  if ((message as { request: { path: string } }).request.path.includes("/?")) setImmediate(tellListed);
});

beforeAll(async () => {
  rig = await openRig([listFirst]);
  run = useHere(rig);
  await mkdir(join(rig.folder, "site"));
  for (let index = 0; index < FILES; index += 1)
    await writeFile(join(rig.folder, `site/${index}`), `${index}`);
});
afterAll(() => rig.close());
beforeEach(() => {
  isRefused = false;
  listed = new Promise((resolve) => {
    tellListed = resolve;
  });
  rig.requests.length = 0;
});

const copy = (to: string): Promise<Run> =>
  run(["cp", "-r", join(rig.folder, "site"), `cos://${BUCKET}/${to}`, "--json", "--files", "5"]);
const heads = (): number => rig.requests.filter((request) => request.startsWith("HeadObject")).length;

it("the first cp -r to a prefix compares only the files that it begins before COS has said that the prefix is empty", async () => {
  expect(summaryOf(await copy("first/"))).toMatchObject({ uploaded: FILES, skipped: 0, failed: 0 });
  expect(heads()).toBeLessThanOrEqual(5);
  rig.requests.length = 0;
  expect(summaryOf(await copy("first/"))).toMatchObject({ uploaded: 0, skipped: FILES, failed: 0 });
  expect(heads()).toBe(FILES);
});

it("cp -r compares every file when it may not list", async () => {
  isRefused = true;
  expect(summaryOf(await copy("unlisted/"))).toMatchObject({ uploaded: FILES, skipped: 0, failed: 0 });
  expect(heads()).toBe(FILES);
});
