import { expect, test } from "vitest";
import { campaign } from "./campaign.ts";

test("3,000 damaged requests: no crash, no status 500, no secret in the log", async () => {
  const { failures, statuses, codes, accepted } = await campaign({ seed: 1, count: 3000 });
  expect(failures).toEqual([]);
  // Otherwise the generator would test nothing but the first check.
  expect(codes.length).toBeGreaterThan(20);
  for (const form of [
    "cos",
    "cos-query",
    "aws4",
    "aws4-query",
    "aws4-chunks",
    "aws4-trailer",
    "aws2",
  ] as const) {
    expect([form, (accepted[form] ?? 0) > 30]).toEqual([form, true]);
  }
  expect(statuses[403]).toBeGreaterThan(300);
});

test("the same seed is the same run", async () => {
  const [first, second] = [await campaign({ seed: 7, count: 50 }), await campaign({ seed: 7, count: 50 })];
  expect(second).toEqual(first);
});
