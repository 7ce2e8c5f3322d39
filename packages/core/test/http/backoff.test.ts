import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs, parseRetryAfter, RETRY_AFTER_CAP_MS } from "../../src/http/backoff.ts";
import { RetryBudget } from "../../src/http/retry-budget.ts";

const now = Date.parse("Wed, 15 Nov 2023 00:00:00 GMT");

describe("backoffMs()", () => {
  test.each([
    [1, 200],
    [2, 400],
    [3, 800],
    [7, 12_800],
    [8, 20_000],
    [100, 20_000],
    [5000, 20_000],
  ])("of attempt %i is spread evenly from 0 to %i ms", (attempt, bound) => {
    expect(backoffMs(attempt, undefined, () => 0)).toBe(0);
    expect(backoffMs(attempt, undefined, () => 0.25)).toBe(bound / 4);
    expect(backoffMs(attempt, undefined, () => 0.999_999)).toBeLessThan(bound);
  });

  test("respects Retry-After within 5 %, at most 60 s", () => {
    const random = fc.double({ min: 0, max: 0.999_999, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), random, (retryAfter, chance) => {
        const delay = backoffMs(1, retryAfter, () => chance);
        const asked = Math.min(retryAfter, RETRY_AFTER_CAP_MS);
        expect(delay).toBeGreaterThanOrEqual(asked);
        expect(delay).toBeLessThanOrEqual(asked * 1.05);
      }),
    );
  });

  test("jitters when Retry-After is 0, so that not all clients return at once", () => {
    expect(backoffMs(3, 0, () => 0.5)).toBe(400);
  });
});

describe("parseRetryAfter()", () => {
  test.each([
    [null, undefined],
    ["3", 3000],
    [" 3 ", 3000],
    ["0", 0],
    ["Wed, 15 Nov 2023 00:00:07 GMT", 7000],
    ["Tue, 14 Nov 2023 23:00:00 GMT", 0],
    ["", undefined],
    ["soon", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["3 seconds", undefined],
    ["1e3", undefined],
    // Date.parse takes all of these for dates.
    ["In 5", undefined],
    ["not before 15 Nov 2023", undefined],
    ["15 Nov 2023 00:00:07 GMT", undefined],
  ])("of %j is %s", (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  test("reads a number above all safe integers, which the cap limits", () => {
    const absurd = parseRetryAfter("9".repeat(400), now);
    expect(backoffMs(1, absurd, () => 0)).toBe(RETRY_AFTER_CAP_MS);
  });
});

describe("RetryBudget", () => {
  test("allows a hundred retries, then none", () => {
    const budget = new RetryBudget();
    for (let retry = 0; retry < 100; retry += 1) expect(budget.take(false)).toBe(5);
    expect(budget.take(false)).toBe(0);
    expect(budget.tokens).toBe(0);
  });

  test("takes double for a timeout", () => {
    const budget = new RetryBudget();
    expect(budget.take(true)).toBe(10);
    expect(budget.tokens).toBe(490);
  });

  test("gets the cost of a success back, at least one token, up to its capacity", () => {
    const budget = new RetryBudget();
    const spent = budget.take(false) + budget.take(true);
    budget.succeed(spent);
    expect(budget.tokens).toBe(500);
    budget.take(false);
    budget.succeed(0);
    expect(budget.tokens).toBe(496);
    budget.succeed(100);
    expect(budget.tokens).toBe(500);
  });
});
