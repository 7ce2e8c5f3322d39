import { afterEach, expect, test } from "vitest";
import { type CosFleetRig, openCosFleetRig } from "./support/cos-fleet-rig.ts";
import { hasRedis } from "./support/redis.ts";
import { bytesOf } from "./support/rig.ts";

let rig: CosFleetRig;
afterEach(() => rig?.close());

test.skipIf(!hasRedis)("a worker ends when its run, or all runs, are finished", async () => {
  rig = await openCosFleetRig();
  const entries = (prefix: string) =>
    Array.from({ length: 5 }, (_, index) => {
      const key = `${prefix}${index}`;
      return { source: rig.file(key, bytesOf(key, 10)), key, size: 10 };
    });
  // It is there before the run is.
  const early = await rig.worker({}, { untilFinished: "one" });
  const missing = { source: "/nowhere", key: "missing", size: 1 };
  await rig.enqueue([...entries("a"), missing], { run: "one" });
  await early.closed;
  expect(await rig.status("one")).toMatchObject({ isFinished: true, done: 5, failed: 1, workers: [] });

  await rig.enqueue(entries("b"), { run: "two" });
  await rig.enqueue(entries("c"), { run: "three" });
  // Workers of another queue do it.
  await rig.enqueue(entries("d"), { run: "four", queue: "other" });
  const all = await rig.worker({}, { untilFinished: true });
  await all.closed;
  expect(await rig.status("two")).toMatchObject({ isFinished: true, done: 5 });
  expect(await rig.status("three")).toMatchObject({ isFinished: true, done: 5 });
  expect(await rig.status("four")).toMatchObject({ isFinished: false, done: 0 });
  await expect(rig.worker({}, { untilFinished: "a b" })).rejects.toThrow("run: must be");
});
