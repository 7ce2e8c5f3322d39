import { ServiceError } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { textBytes } from "./fixtures/bytes.ts";
import { refuses, Script } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { expectStored } from "./fixtures/stored.ts";

const HOUR_MS = 3_600_000;

const SKEWS = [
  ["an hour slow", -HOUR_MS],
  ["an hour fast", HOUR_MS],
  ["a day slow", -24 * HOUR_MS],
] as const;

const corrected = SKEWS.map(
  ([what, offsetMs]): ContractCase => ({
    name: `a clock that is ${what} is corrected to COS's, once for all requests`,
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap, quickClock({ offsetMs }));
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("skew") };
      await client.putObject({ ...object, Body: "on time" });
      t.equal(script.count("PutObject"), 2, "attempts of the first request");
      await client.headObject(object);
      t.equal(script.count("HeadObject"), 1, "attempts of the next");
      await expectStored(t, rig, object.Key, textBytes("on time"));
    },
  }),
);

export const cases: readonly ContractCase[] = [
  ...corrected,
  {
    name: "many parallel requests correct a wrong clock once",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap, quickClock({ offsetMs: -HOUR_MS }));
      const keys = Array.from({ length: 5 }, () => rig.uniqueKey("skew"));
      await Promise.all(keys.map((Key) => client.putObject({ Bucket: rig.Bucket, Key, Body: "x" })));
      t.ok(script.count("PutObject") <= 10, `at most two attempts each: ${script.count("PutObject")}`);
    },
  },
  {
    name: "a correct clock that COS reports as skewed is not corrected again",
    run: async (t, rig) => {
      const step = refuses(403, "RequestTimeTooSkewed", { date: new Date().toUTCString() });
      const script = new Script({ PutObject: step });
      const client = rig.createClient({}, script.wrap, quickClock());
      await t.throws(
        () => client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("skew"), Body: "x" }),
        ServiceError,
        { code: "clock-skewed", retryable: false },
      );
      t.equal(script.count("PutObject"), 1, "attempts");
    },
  },
  {
    name: "a clock that stays skewed after the correction is an error",
    run: async (t, rig) => {
      const date = new Date(Date.now() + 5 * HOUR_MS).toUTCString();
      const script = new Script({ PutObject: refuses(403, "RequestTimeTooSkewed", { date }) });
      const client = rig.createClient({}, script.wrap, quickClock());
      await t.throws(
        () => client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("skew"), Body: "x" }),
        ServiceError,
        { code: "clock-skewed" },
      );
      t.equal(script.count("PutObject"), 2, "attempts");
    },
  },
];
