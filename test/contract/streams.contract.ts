import { ArgumentRangeError, ArgumentTypeError, SourceError } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { iterableOf, MB, noise, streamOf, textBytes } from "./fixtures/bytes.ts";
import { Script } from "./fixtures/faults.ts";
import { small, UNIT } from "./fixtures/interrupted.ts";
import { expectAbsent, expectOnePut, expectParts, expectStored, openUploads } from "./fixtures/stored.ts";

/** Lengths of a stream, and the parts they make at 1 MB each; 1 is a plain PUT. */
const LENGTHS: readonly (readonly [length: number, parts: number])[] = [
  [MB - 1, 1],
  [MB, 1],
  [MB + 1, 2],
  [2 * MB, 2],
  [3 * MB - 1, 3],
];

const lengths = LENGTHS.map(
  ([length, parts]): ContractCase => ({
    name: `uploadFile() of a stream of unknown length that turns out to have ${length} bytes`,
    run: async (t, rig) => {
      const Key = rig.uniqueKey("stream");
      const bytes = noise(length, parts);
      const result = await rig.client.uploadFile({
        Bucket: rig.Bucket,
        Key,
        Body: streamOf(bytes),
        PartSize: 1,
      });
      // Only the next read can tell that a stream has ended: one full part may be a PUT or an upload of one part.
      if (length % MB !== 0 && parts === 1) expectOnePut(t, result, bytes);
      else if (parts > 1) expectParts(t, result, bytes, parts);
      t.equal(result.partsSent, parts, "partsSent");
      await expectStored(t, rig, Key, bytes);
    },
  }),
);

/** Fails the reading side after some bytes. */
function failingStream(after: number, reason: unknown): ReadableStream<Uint8Array> {
  let given = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (given >= after) controller.error(reason);
        else {
          given += 100_000;
          controller.enqueue(noise(100_000));
        }
      },
    },
    { highWaterMark: 0 },
  );
}

const faulty: readonly ContractCase[] = [
  {
    name: "a stream that fails at once sends nothing, and the cause is its error",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const reason = new Error("the disk is gone");
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("stream") };
      await t.throws(() => client.putObject({ ...object, Body: failingStream(0, reason) }), SourceError, {
        code: "source-unreadable",
        retryable: false,
        cause: reason,
      });
      t.equal(script.sent.length, 0, "requests");
    },
  },
  {
    name: "a stream that fails between two parts publishes nothing and leaves no upload behind",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("stream") };
      const Body = failingStream(1_500_000, new Error("half way"));
      await t.throws(() => rig.client.uploadFile({ ...object, Body, PartSize: 1 }), SourceError, {
        code: "source-unreadable",
      });
      await expectAbsent(t, rig, object.Key);
      t.deepEqual(await openUploads(rig, object.Key), [], "unfinished uploads");
    },
  },
  {
    name: "an async iterable that throws is a source error, and its cause is kept",
    run: async (t, rig) => {
      const reason = new Error("no more");
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("stream") };
      async function* broken() {
        yield textBytes("some");
        throw reason;
      }
      await t.throws(() => rig.client.putObject({ ...object, Body: broken() }), SourceError, {
        cause: reason,
      });
    },
  },
  {
    name: "a stream that is locked is refused",
    run: async (t, rig) => {
      const Body = streamOf(noise(10));
      Body.getReader();
      await t.throws(
        () => rig.client.putObject({ Bucket: rig.Bucket, Key: "locked", Body }),
        ArgumentTypeError,
        { parameter: "Body", message: /locked/ },
      );
    },
  },
  {
    name: "a stream that yields neither bytes nor text is refused",
    run: async (t, rig) => {
      async function* numbers() {
        yield 1;
      }
      await t.throws(
        () => rig.client.putObject({ Bucket: rig.Bucket, Key: "numbers", Body: numbers() as never }),
        ArgumentTypeError,
        { parameter: "Body" },
      );
    },
  },
  {
    name: "an async iterable is asked to clean up when the upload fails",
    run: async (t, rig) => {
      let cleaned = false;
      async function* endless() {
        try {
          for (;;) yield noise(300_000);
        } finally {
          cleaned = true;
        }
      }
      const { Bucket, client } = rig;
      await t.throws(
        () => client.putObject({ Bucket, Key: rig.uniqueKey("stream"), Body: endless(), ContentLength: 10 }),
        SourceError,
      );
      await new Promise((resolve) => setTimeout(resolve, 10));
      t.equal(cleaned, true, "the generator's finally block ran");
    },
  },
  {
    name: "a stream is cancelled when the upload fails",
    run: async (t, rig) => {
      let cancelled = false;
      const Body = new ReadableStream<Uint8Array>(
        {
          pull: (controller) => controller.enqueue(noise(1000)),
          cancel: () => {
            cancelled = true;
          },
        },
        { highWaterMark: 0 },
      );
      const { Bucket, client } = rig;
      await t.throws(
        () => client.putObject({ Bucket, Key: rig.uniqueKey("stream"), Body, ContentLength: 10 }),
        SourceError,
      );
      t.equal(cancelled, true, "the stream was cancelled");
    },
  },
];

const declared: readonly ContractCase[] = [
  {
    name: "a stream with its ContentLength goes up in one PUT",
    run: async (t, rig) => {
      const bytes = noise(2 * MB);
      const Key = rig.uniqueKey("stream");
      const result = await rig.client.uploadFile({
        Bucket: rig.Bucket,
        Key,
        Body: streamOf(bytes),
        PartSize: 1,
        ContentLength: bytes.length,
      });
      expectOnePut(t, result, bytes);
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "a stream shorter than its ContentLength is refused, and publishes nothing",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("stream") };
      const Body = iterableOf(noise(999));
      await t.throws(() => rig.client.putObject({ ...object, Body, ContentLength: "1000" }), SourceError, {
        code: "source-length",
      });
      await expectAbsent(t, rig, object.Key);
    },
  },
  {
    name: "a stream longer than its ContentLength is refused, and publishes nothing",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("stream") };
      const Body = streamOf(noise(1001));
      await t.throws(() => rig.client.putObject({ ...object, Body, ContentLength: 1000 }), SourceError, {
        code: "source-length",
      });
      await expectAbsent(t, rig, object.Key);
    },
  },
  {
    name: "bytes with another ContentLength are refused",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("stream") };
      await t.throws(
        () => rig.client.putObject({ ...object, Body: "four", ContentLength: 5 }),
        ArgumentRangeError,
        { parameter: "ContentLength" },
      );
    },
  },
  ...[-1, 1].map(
    (surplus): ContractCase => ({
      name: `a stream in parts that is a byte ${surplus < 0 ? "shorter" : "longer"} than its ContentLength publishes nothing`,
      run: async (t, rig) => {
        const client = rig.createClient({}, small);
        const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("stream") };
        const ContentLength = 24 * UNIT;
        const Body = streamOf(noise(ContentLength + surplus));
        await t.throws(
          () => client.uploadFile({ ...object, Body, ContentLength, PartSize: 8 }),
          SourceError,
          { code: "source-length" },
        );
        await expectAbsent(t, rig, object.Key);
        t.deepEqual(await openUploads(rig, object.Key), [], "unfinished uploads");
      },
    }),
  ),
  {
    name: "a stream in parts that is as long as its ContentLength is published",
    run: async (t, rig) => {
      const client = rig.createClient({}, small);
      const Key = rig.uniqueKey("stream");
      const bytes = noise(24 * UNIT);
      const told: (number | undefined)[] = [];
      const result = await client.uploadFile({
        Bucket: rig.Bucket,
        Key,
        Body: streamOf(bytes),
        ContentLength: bytes.length,
        PartSize: 8,
        onProgress: (_consumed, total) => told.push(total),
      });
      expectParts(t, result, bytes, 3);
      t.deepEqual([...new Set(told)], [bytes.length], "the totals that were told");
      await expectStored(t, rig, Key, bytes);
    },
  },
];

export const cases: readonly ContractCase[] = [...lengths, ...faulty, ...declared];
