import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { retryBatch } from "../src/ledger/add-retries.ts";
import { readBatch } from "../src/ledger/batches.ts";
import type { StoredFailure } from "../src/ledger/outcome.ts";
import { type FleetRig, openFleetRig, smallEntries } from "./support/fleet-rig.ts";
import { hasRedis } from "./support/redis.ts";

describe.skipIf(!hasRedis)("retry", () => {
  let rig: FleetRig;
  beforeAll(async () => {
    rig = await openFleetRig();
  });
  afterAll(() => rig.close());

  test("several calls at once take each failure once", async () => {
    const ledger = rig.ledger("several");
    const failures = smallEntries(4).map((entry, index): StoredFailure => {
      return { line: index + 10, entry, code: "failed", message: "no", attempts: 1 };
    });
    for (const one of failures) await rig.redis.hset(ledger.keys.failures, one.line, JSON.stringify(one));
    expect(await retryBatch(ledger, failures.slice(0, 1), 1)).toEqual({ job: "t1", objects: 1 });
    // HSCAN may give one twice.
    expect(await retryBatch(ledger, [...failures, ...failures], 1)).toMatchObject({ objects: 3 });
    expect(await retryBatch(ledger, failures, 1)).toBe(undefined);
    const lines: number[] = [];
    for (const job of await rig.redis.hkeys(ledger.keys.batches)) {
      lines.push(...((await readBatch(ledger, job))?.items ?? []).map(({ line }) => line));
    }
    expect(lines.sort()).toEqual([10, 11, 12, 13]);
    expect(await rig.redis.hlen(ledger.keys.failures)).toBe(0);
  });
});
