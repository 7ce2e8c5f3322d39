import { type ProgressCallback, type ProgressDetails, ServiceError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, streamOf } from "./fixtures/bytes.ts";
import { losesResponse, refuses, Script } from "./fixtures/faults.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { quickClock } from "./fixtures/quick-clock.ts";

type Report = [consumed: number, total: number | undefined];

function listener(): {
  reported: Report[];
  onProgress: (consumed: number, total: number | undefined) => void;
} {
  const reported: Report[] = [];
  return { reported, onProgress: (consumed, total) => reported.push([consumed, total]) };
}

function isAscending(reported: readonly Report[]): boolean {
  return reported.every(([consumed], index) => index === 0 || consumed >= (reported[index - 1]?.[0] ?? 0));
}

async function bigFile(rig: Rig) {
  return { Bucket: rig.Bucket, Key: rig.uniqueKey("progress"), PartSize: 8 };
}

const SMALL = [
  ["a small object", "12345"],
  ["an empty object", ""],
] as const;

const small = SMALL.map(
  ([what, Body]): ContractCase => ({
    name: `progress of ${what} is complete once, and acknowledges nothing before`,
    run: async (t, rig) => {
      const { reported, onProgress } = listener();
      await rig.client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("progress"), Body, onProgress });
      const last = reported.pop();
      t.deepEqual(last, [Body.length, Body.length], "the last");
      t.ok(
        reported.every(([consumed, total]) => consumed === 0 && total === Body.length),
        "nothing before",
      );
    },
  }),
);

export const cases: readonly ContractCase[] = [
  ...small,
  {
    name: "progress of a stream has no total before the end, and then equals the size",
    run: async (t, rig) => {
      const { reported, onProgress } = listener();
      const length = 3 * MB + 5;
      await rig.client.uploadFile({
        Bucket: rig.Bucket,
        Key: rig.uniqueKey("progress"),
        Body: streamOf(noise(length)),
        PartSize: 1,
        MAXThread: 2,
        onProgress,
      });
      t.deepEqual(reported.at(-1), [length, length], "the last");
      t.ok(
        reported.slice(0, -1).every(([, total]) => total === undefined),
        "no total before the end",
      );
      t.ok(isAscending(reported), "never backwards");
      t.ok(reported.length >= 4, `each part is reported, ${reported.length} times in all`);
    },
  },
  {
    name: "progress of a file in parts ends at its size, once",
    run: async (t, rig) => {
      const { reported, onProgress } = listener();
      const length = 21 * MB;
      await rig.client.uploadFile({
        ...(await bigFile(rig)),
        Body: new Blob([noise(length)]),
        onProgress,
      });
      t.deepEqual(reported.at(-1), [length, length], "the last");
      t.equal(reported.filter(([consumed]) => consumed === length).length, 1, "times the total is reached");
      t.ok(
        reported.every(([, total]) => total === length),
        "the total throughout",
      );
      t.ok(isAscending(reported), "never backwards");
    },
  },
  {
    name: "progress never reaches the total of an upload that fails",
    run: async (t, rig) => {
      const { reported, onProgress } = listener();
      const script = new Script({ CompleteMultipartUpload: [refuses(403, "AccessDenied")] });
      const client = rig.createClient({}, script.wrap, quickClock());
      const length = 21 * MB;
      await t.throws(
        async () =>
          client.uploadFile({ ...(await bigFile(rig)), Body: new Blob([noise(length)]), onProgress }),
        ServiceError,
      );
      t.ok(
        reported.every(([consumed]) => consumed < length),
        "below the total",
      );
    },
  },
  {
    name: "progress has the bytes in flight and those of an earlier call, and both end at the total",
    run: async (t, rig) => {
      const details: ProgressDetails[] = [];
      const length = 21 * MB;
      const object = { ...(await bigFile(rig)), Body: new File([noise(length)], "f", { lastModified: 1 }) };
      const checkpoints = memoryCheckpoints();
      const onProgress: ProgressCallback = (_consumed, _total, each) => details.push(each);
      const script = new Script({ CompleteMultipartUpload: [refuses(403, "AccessDenied")] });
      const failing = rig.createClient({}, script.wrap, quickClock());
      await t.throws(() => failing.uploadFile({ ...object, checkpoints, onProgress }), ServiceError);
      t.ok(
        details.every(
          ({ acknowledged, inFlight, resumed }) => acknowledged + inFlight <= length && resumed === 0,
        ),
        "at most the total",
      );
      await rig.client.uploadFile({ ...object, checkpoints, onProgress });
      const last = { acknowledged: length, resumed: length, inFlight: 0 };
      t.deepEqual(
        { ...details.at(-1), bytesPerSecond: undefined },
        { ...last, bytesPerSecond: undefined },
        "the last",
      );
    },
  },
  {
    name: "bytes that are sent again count once",
    run: async (t, rig) => {
      const { reported, onProgress } = listener();
      const script = new Script({
        UploadPart: [losesResponse, refuses(500, "InternalError"), losesResponse],
      });
      const client = rig.createClient({}, script.wrap, quickClock());
      const length = 2 * MB + 1;
      await client.uploadFile({
        Bucket: rig.Bucket,
        Key: rig.uniqueKey("progress"),
        Body: streamOf(noise(length)),
        PartSize: 1,
        onProgress,
      });
      script.assertUsed(t);
      t.deepEqual(reported.at(-1), [length, length], "the last");
      t.ok(
        reported.every(([consumed]) => consumed <= length),
        "never above the total",
      );
    },
  },
  {
    name: "resumed parts count as progress",
    run: async (t, rig) => {
      const { reported, onProgress } = listener();
      const length = 21 * MB;
      const object = { ...(await bigFile(rig)), Body: new File([noise(length)], "f", { lastModified: 1 }) };
      const checkpoints = memoryCheckpoints();
      const script = new Script({ CompleteMultipartUpload: [refuses(403, "AccessDenied")] });
      const failing = rig.createClient({}, script.wrap, quickClock());
      await t.throws(() => failing.uploadFile({ ...object, checkpoints }), ServiceError);
      const result = await rig.client.uploadFile({ ...object, checkpoints, onProgress });
      t.equal(result.partsSent, 0, "partsSent");
      t.deepEqual(reported.at(-1), [length, length], "the last");
      t.ok(isAscending(reported), "never backwards");
    },
  },
];
