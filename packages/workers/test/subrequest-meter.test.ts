import { CosError } from "@cosup/core";
import { expect, test } from "vitest";
import { SubrequestMeter } from "../src/subrequest-meter.ts";

test("without a budget it only counts", () => {
  const meter = new SubrequestMeter(undefined);
  for (let round = 0; round < 100; round += 1) meter.begin()();
  expect(meter.used).toBe(100);
  expect(meter.available).toBe(Number.POSITIVE_INFINITY);
});

test("keeps the last subrequest for an abort", () => {
  const meter = new SubrequestMeter(10);
  for (let round = 0; round < 9; round += 1) meter.begin();
  expect(() => meter.begin()).toThrow(CosError);
  meter.begin(true);
  expect(() => meter.begin(true)).toThrow("subrequestBudget of 10");
  expect(meter.used).toBe(10);
});

test("a refused request is not counted, and is retryable in a later invocation", () => {
  const meter = new SubrequestMeter(1);
  const refused = (): unknown => {
    try {
      return meter.begin();
    } catch (error) {
      return error;
    }
  };
  expect(refused()).toMatchObject({ code: "subrequests-exhausted", retryable: true });
  expect(meter.used).toBe(0);
});

test("reserved subrequests are not available to other uploads until they are released", () => {
  const meter = new SubrequestMeter(50);
  const allowance = meter.setAside(30);
  expect(meter.available).toBe(20);
  meter.begin();
  allowance.left -= 1;
  expect(meter.available).toBe(20);
  meter.giveBack(allowance);
  expect(meter.available).toBe(49);
});

test("is idle when nothing is under way", async () => {
  const meter = new SubrequestMeter(50);
  await meter.idle(undefined);
  const end = meter.begin();
  let idle = false;
  const waiting = meter.idle(undefined).then(() => {
    idle = true;
  });
  await Promise.resolve();
  expect(idle).toBe(false);
  expect(meter.busy).toBe(true);
  end();
  end();
  await waiting;
  expect(meter.busy).toBe(false);
});

test("an abort ends the waiting", async () => {
  const meter = new SubrequestMeter(50);
  meter.begin();
  const controller = new AbortController();
  const waiting = meter.idle(controller.signal);
  controller.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
});
