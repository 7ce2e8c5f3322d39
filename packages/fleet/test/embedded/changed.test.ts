import { readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ledgerObjects,
  planManifest,
  type RunObject,
  type RunOptions,
  runManifest,
  type UnfinishedObject,
} from "@cosup/fleet/embedded";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { BUCKET, bytesOf, crc64Of, MIB, openRig, type Rig } from "../support/rig.ts";

let rig: Rig;
let ledger: string;

beforeAll(async () => {
  rig = await openRig();
  ledger = join(rig.folder, "changed.ledger");
});
beforeEach(async () => {
  await rig.emulator.reset();
  rig.middleware = undefined;
  rmSync(ledger, { force: true });
});
afterAll(() => rig.close());

const run = (entries: readonly object[], options: Partial<RunOptions> = {}) => {
  const { cos, bucket, region } = rig.context;
  return runManifest({ cos, bucket, region, ledger, manifest: entries, root: rig.folder, ...options });
};
const crc64 = async (Key: string) => (await rig.cos.headObject({ Bucket: BUCKET, Key })).crc64;

it("sends a file again that has changed since, and lists it once", async () => {
  const entries = ["a", "b"].map((source) => ({ source, key: source }));
  for (const { source } of entries) rig.file(source, bytesOf(source, 100));
  await run(entries);
  const path = rig.file("a", bytesOf("other", 100));
  utimesSync(path, 1000, 1000);
  const plan = [];
  const options = { bucket: BUCKET, ledger, manifest: entries, root: rig.folder };
  for await (const { isDone } of planManifest(options)) plan.push(isDone);
  expect(plan).toEqual([false, true]);
  expect(await run(entries)).toMatchObject({ sent: 1, resumed: 1 });
  expect(await crc64("a")).toBe(await crc64Of(bytesOf("other", 100)));
  const listed = [];
  for await (const object of ledgerObjects(ledger)) listed.push([object.key, object.path, object.crc64]);
  expect(listed).toEqual([
    ["b", join(rig.folder, "b"), await crc64("b")],
    ["a", path, await crc64("a")],
  ]);
  expect(await run(entries)).toMatchObject({ sent: 0, resumed: 2 });
});

it("compares a file with a new time alone with COS, and does not send it: a small and a large one", async () => {
  const entries = ["small", "large"].map((source) => ({ source, key: source }));
  const paths = [rig.file("small", bytesOf("s", 100)), rig.file("large", bytesOf("l", 20 * MIB))];
  await run(entries);
  for (const path of paths) utimesSync(path, 1000, 1000);
  expect(await run(entries)).toMatchObject({ sent: 0, unchanged: 2, bytesSent: 0 });
});

it("does not ask for a file that is gone, nor where the ledger does not say what it was", async () => {
  const entries = [{ source: "a", key: "a" }];
  const path = rig.file("a", bytesOf("a", 100));
  await run(entries);
  const whole = readFileSync(ledger, "utf8");
  writeFileSync(ledger, whole.replaceAll(/,"fingerprint":"[^"]*","path":"[^"]*"/g, ""));
  expect(readFileSync(ledger, "utf8").length).toBeLessThan(whole.length);
  utimesSync(path, 1000, 1000);
  expect(await run(entries)).toMatchObject({ sent: 0, resumed: 1 });
  writeFileSync(ledger, whole);
  rmSync(path);
  expect(await run(entries)).toMatchObject({ sent: 0, resumed: 1 });
});

it("says what is left when it is stopped, and how many parts the next run has sent", async () => {
  rig.file("large", bytesOf("one", 20 * MIB));
  const entries = [{ source: "large", key: "k" }];
  const stop = new AbortController();
  let parts = 0;
  rig.middleware = async (call, next) => {
    if (call.operation === "UploadPart" && ++parts === 9) stop.abort(new Error("enough"));
    return next();
  };
  const left: UnfinishedObject[] = [];
  const options = { partSize: MIB, concurrency: 1 };
  const stopped = run(entries, { ...options, signal: stop.signal, onUnfinished: (each) => left.push(each) });
  await expect(stopped).rejects.toThrow("enough");
  const known = left[0]?.parts ?? 0;
  expect(known).toBeGreaterThanOrEqual(8);
  expect(left).toMatchObject([{ line: 1, key: "k", size: 20 * MIB, parts: known, bytes: known * MIB }]);
  rig.middleware = undefined;
  const objects: RunObject[] = [];
  const result = await run(entries, { ...options, onObject: (each) => objects.push(each) });
  const resumed = objects[0]?.partsResumed ?? 0;
  // COS may have got the ninth one, without the response that says so.
  expect(resumed).toBeGreaterThanOrEqual(known);
  expect(objects).toMatchObject([{ partsSent: 20 - resumed }]);
  expect(result).toMatchObject({ bytesSent: (20 - resumed) * MIB, bytesResumed: resumed * MIB });
});
