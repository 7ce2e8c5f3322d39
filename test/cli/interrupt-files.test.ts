import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Call, Middleware } from "@cosup/emulator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUCKET, MiB, openRig, type Rig, startShell, summaryOf } from "./rig.ts";

const LARGE = ["a.bin", "b.bin", "c.bin"];
/** Of each large file, as many parts are acknowledged before the service falls silent. */
const ACKNOWLEDGED = 2;
const SILENT_MS = 50_000;

interface Kept {
  readonly Key: string;
  readonly UploadId: string;
  readonly parts: readonly { readonly partNumber: number }[];
}

let rig: Rig;
let silent = true;
/** Keys of the requests that wait for a response that does not come. */
const waiting = new Set<string>();

const isServed = (call: Call): boolean =>
  call.operation === "UploadPart"
    ? Number(call.query.get("partNumber")) <= ACKNOWLEDGED
    : call.operation !== "PutObject";

const fallSilent: Middleware = async (call, next) => {
  if (silent && !isServed(call)) {
    waiting.add(call.key);
    const until = Date.now() + SILENT_MS;
    while (silent && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return next();
};

beforeAll(async () => {
  rig = await openRig([fallSilent]);
  await mkdir(join(rig.folder, "some"));
  for (const name of LARGE) await rig.file(`some/${name}`, 21 * MiB);
  await rig.file("some/small.bin", 10);
});
afterAll(() => rig.close());

async function stateNames(): Promise<string[]> {
  return readdir(join(rig.folder, "state"));
}

async function checkpoints(): Promise<Kept[]> {
  const names = (await stateNames()).filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(names.map((name) => readFile(join(rig.folder, "state", name), "utf8")));
  return texts.map((text) => JSON.parse(text) as Kept);
}

it("after SIGINT, every large file has a checkpoint with its acknowledged parts, and no lock is left", async () => {
  const sources = [...LARGE, "small.bin"].map((name) => `some/${name}`);
  // One part at a time: the third is sent once the second is acknowledged.
  const options = ["--part-size", "1", "--concurrency", "1", "--json"];
  const running = rig.start(["cp", ...sources, `cos://${BUCKET}/some/`, ...options]);
  await expect.poll(() => waiting.size, { timeout: SILENT_MS }).toBe(sources.length);
  // The small file has no checkpoint to save, so its upload ends long before the others.
  running.child.kill("SIGINT");
  const run = await running.ended;
  silent = false;

  expect(run.code).toBe(130);
  expect((await stateNames()).filter((name) => !name.endsWith(".json"))).toEqual([]);
  const kept = (await checkpoints()).sort((one, other) => one.Key.localeCompare(other.Key));
  expect(kept.map(({ Key, parts }) => [Key, parts.map(({ partNumber }) => partNumber).sort()])).toEqual(
    LARGE.map((name) => [`some/${name}`, [1, 2]]),
  );

  const command = run.stderr.trimEnd().split("\n").at(-1) ?? "";
  const again = await startShell(command, { cwd: rig.folder, env: rig.env }).ended;
  expect(again.code).toBe(0);
  expect(summaryOf(again)).toMatchObject({ uploaded: 4, failed: 0 });
  expect(Number(summaryOf(again).partsResumed)).toBeGreaterThanOrEqual(LARGE.length * ACKNOWLEDGED);
  expect(await stateNames()).toEqual([]);
});
