import { ServiceError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, streamOf } from "./fixtures/bytes.ts";
import { losesResponse, refuses, Script } from "./fixtures/faults.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { quickClock } from "./fixtures/quick-clock.ts";

type Told = [consumed: number, total: number | undefined];

function listener(): { told: Told[]; onProgress: (consumed: number, total: number | undefined) => void } {
  const told: Told[] = [];
  return { told, onProgress: (consumed, total) => told.push([consumed, total]) };
}

function isAscending(told: readonly Told[]): boolean {
  return told.every(([consumed], index) => index === 0 || consumed >= (told[index - 1]?.[0] ?? 0));
}

async function bigFile(rig: Rig) {
  return { Bucket: rig.Bucket, Key: rig.uniqueKey("progress"), PartSize: 8 };
}

export const cases: readonly ContractCase[] = [
  {
    name: "progress of a small object is reported once, complete",
    run: async (t, rig) => {
      const { told, onProgress } = listener();
      await rig.client.putObject({
        Bucket: rig.Bucket,
        Key: rig.uniqueKey("progress"),
        Body: "12345",
        onProgress,
      });
      t.deepEqual(told, [[5, 5]], "told");
    },
  },
  {
    name: "progress of an empty object is reported once, complete",
    run: async (t, rig) => {
      const { told, onProgress } = listener();
      await rig.client.putObject({
        Bucket: rig.Bucket,
        Key: rig.uniqueKey("progress"),
        Body: "",
        onProgress,
      });
      t.deepEqual(told, [[0, 0]], "told");
    },
  },
  {
    name: "progress of a stream has no total before the end, and then equals the size",
    run: async (t, rig) => {
      const { told, onProgress } = listener();
      const length = 3 * MB + 5;
      await rig.client.uploadFile({
        Bucket: rig.Bucket,
        Key: rig.uniqueKey("progress"),
        Body: streamOf(noise(length)),
        PartSize: 1,
        MAXThread: 2,
        onProgress,
      });
      t.deepEqual(told.at(-1), [length, length], "the last");
      t.ok(
        told.slice(0, -1).every(([, total]) => total === undefined),
        "no total before the end",
      );
      t.ok(isAscending(told), "never backwards");
      t.ok(told.length >= 4, `each part is told, ${told.length} times in all`);
    },
  },
  {
    name: "progress of a file in parts ends at its size, once",
    run: async (t, rig) => {
      const { told, onProgress } = listener();
      const length = 21 * MB;
      await rig.client.uploadFile({
        ...(await bigFile(rig)),
        Body: new Blob([noise(length)]),
        onProgress,
      });
      t.deepEqual(told.at(-1), [length, length], "the last");
      t.equal(told.filter(([consumed]) => consumed === length).length, 1, "times the total is reached");
      t.ok(
        told.every(([, total]) => total === length),
        "the total throughout",
      );
      t.ok(isAscending(told), "never backwards");
    },
  },
  {
    name: "progress never reaches the total of an upload that fails",
    run: async (t, rig) => {
      const { told, onProgress } = listener();
      const script = new Script({ CompleteMultipartUpload: [refuses(403, "AccessDenied")] });
      const client = rig.createClient({}, script.wrap, quickClock());
      const length = 21 * MB;
      await t.throws(
        async () =>
          client.uploadFile({ ...(await bigFile(rig)), Body: new Blob([noise(length)]), onProgress }),
        ServiceError,
      );
      t.ok(
        told.every(([consumed]) => consumed < length),
        "below the total",
      );
    },
  },
  {
    name: "bytes that are sent again count once",
    run: async (t, rig) => {
      const { told, onProgress } = listener();
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
      t.deepEqual(told.at(-1), [length, length], "the last");
      t.ok(
        told.every(([consumed]) => consumed <= length),
        "never above the total",
      );
    },
  },
  {
    name: "resumed parts count as progress",
    run: async (t, rig) => {
      const { told, onProgress } = listener();
      const length = 21 * MB;
      const object = { ...(await bigFile(rig)), Body: new File([noise(length)], "f", { lastModified: 1 }) };
      const checkpoints = memoryCheckpoints();
      const script = new Script({ CompleteMultipartUpload: [refuses(403, "AccessDenied")] });
      const failing = rig.createClient({}, script.wrap, quickClock());
      await t.throws(() => failing.uploadFile({ ...object, checkpoints }), ServiceError);
      const result = await rig.client.uploadFile({ ...object, checkpoints, onProgress });
      t.equal(result.partsSent, 0, "partsSent");
      t.deepEqual(told.at(-1), [length, length], "the last");
      t.ok(isAscending(told), "never backwards");
    },
  },
];
