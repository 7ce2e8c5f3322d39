import type { ContractCase } from "./contract.ts";
import { MB, noise, readAll, streamOf } from "./fixtures/bytes.ts";
import { hangs, refuses, Script } from "./fixtures/faults.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { withMembers } from "./fixtures/runtimes.ts";
import { abortsAfter, abortsDuring, expectReason, Stopped } from "./fixtures/stopped.ts";
import { openUploads } from "./fixtures/stored.ts";

export const cases: readonly ContractCase[] = [
  {
    name: "an abort ends the wait for a stream that has stalled",
    run: async (t, rig) => {
      const controller = new AbortController();
      let cancelled: unknown;
      const Body = new ReadableStream<Uint8Array>({
        start: (stream) => stream.enqueue(noise(10)),
        pull: () => {
          setTimeout(() => controller.abort(new Stopped("stalled")), 5);
          return new Promise(() => {});
        },
        cancel: () => {
          cancelled = true;
        },
      });
      const Key = rig.uniqueKey("abort");
      await expectReason(t, controller, (signal) =>
        rig.client.putObject({ Bucket: rig.Bucket, Key, Body, signal }),
      );
      t.equal(cancelled, true, "the stream was cancelled");
    },
  },
  {
    name: "an abort ends the pause between two attempts",
    run: async (t, rig) => {
      const controller = new AbortController();
      const script = new Script({ PutObject: [refuses(503, "SlowDown", { "retry-after": "30" })] });
      const clock = quickClock({ fires: () => false });
      const client = rig.createClient({}, script.wrap, {
        ...clock,
        timer: (delayMs, fire) => {
          if (delayMs < 60_000) queueMicrotask(() => controller.abort(new Stopped("pausing")));
          return clock.timer(delayMs, fire);
        },
      });
      await expectReason(t, controller, (signal) =>
        client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("abort"), Body: "x", signal }),
      );
      t.equal(script.sent.length, 1, "requests");
    },
  },
  {
    name: "an abort ends the wait for memory that other uploads hold",
    run: async (t, rig) => {
      const controller = new AbortController();
      const holder = new AbortController();
      const script = new Script({ PutObject: [hangs] });
      const client = rig.createClient({ memoryBudget: MB }, script.wrap);
      const put = (signal: AbortSignal) =>
        client.putObject({
          Bucket: rig.Bucket,
          Key: rig.uniqueKey("abort"),
          Body: new Blob([noise(MB)]),
          signal,
        });
      const holding = put(holder.signal).catch(() => {});
      setTimeout(() => controller.abort(new Stopped("waiting")), 20);
      await expectReason(t, controller, put);
      holder.abort(new Stopped("enough"));
      await holding;
    },
  },
  {
    name: "an aborted upload gives its memory back",
    run: async (t, rig) => {
      const controller = new AbortController();
      const script = new Script({ PutObject: [abortsDuring(controller)] });
      const client = rig.createClient({ memoryBudget: MB }, script.wrap);
      const put = (signal?: AbortSignal) =>
        client.putObject({
          Bucket: rig.Bucket,
          Key: rig.uniqueKey("abort"),
          Body: new Blob([noise(MB)]),
          signal,
        });
      await expectReason(t, controller, put);
      t.equal((await put()).size, MB, "size of the next upload");
    },
  },
  {
    name: "AbortSignal.timeout() rejects with its own TimeoutError",
    run: async (t, rig) => {
      const script = new Script({ PutObject: hangs });
      const client = rig.createClient({}, script.wrap);
      const signal = AbortSignal.timeout(20);
      const error = await t.throws(
        () => client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("abort"), Body: "x", signal }),
        DOMException,
        { name: "TimeoutError" },
      );
      t.equal<unknown>(error, signal.reason, "the reason");
    },
  },
  {
    name: "an abort reaches the body of getObject() while it is read",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const Key = rig.uniqueKey("abort");
      await client.putObject({ Bucket, Key, Body: noise(4 * MB) });
      const controller = new AbortController();
      const { Body } = await client.getObject({ Bucket, Key, signal: controller.signal });
      const reader = Body.getReader();
      await reader.read();
      controller.abort(new Stopped("reading"));
      let failed = false;
      try {
        while (!(await reader.read()).done);
      } catch {
        failed = true;
      }
      t.equal(failed, true, "reading on failed");
    },
  },
  {
    name: "an upload with a checkpoint that is aborted keeps what COS has, and its lock is free",
    run: async (t, rig) => {
      const controller = new AbortController();
      const script = new Script({ UploadPart: [abortsAfter(controller)] });
      const client = rig.createClient({}, script.wrap);
      const checkpoints = memoryCheckpoints();
      const Key = rig.uniqueKey("abort");
      const Body = new File([noise(21 * MB)], "f", { lastModified: 1 });
      const object = { Bucket: rig.Bucket, Key, Body, PartSize: 8, MAXThread: 1, checkpoints };
      await expectReason(t, controller, (signal) => client.uploadFile({ ...object, signal }));
      t.equal(checkpoints.stored.size, 1, "checkpoints");
      t.equal(checkpoints.locked.size, 0, "locks");
      t.equal((await openUploads(rig, Key)).length, 1, "unfinished uploads");
      const resumed = await rig.client.uploadFile(object);
      t.equal(resumed.partsResumed, 1, "partsResumed");
      t.equal(checkpoints.stored.size, 0, "checkpoints afterwards");
    },
  },
  {
    name: "an abort after the end changes nothing",
    run: async (t, rig) => {
      const controller = new AbortController();
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("abort") };
      await rig.client.putObject({ ...object, Body: "x", signal: controller.signal });
      controller.abort(new Stopped("late"));
      t.equal((await readAll((await rig.client.getObject(object)).Body)).length, 1, "length");
    },
  },
  {
    name: "the exchange's signal aborts when the caller's does",
    run: async (t, rig) => {
      const controller = new AbortController();
      let seen: AbortSignal | undefined;
      const client = rig.createClient({}, (runtime) =>
        withMembers(runtime, {
          send: (request) => {
            seen = request.signal;
            controller.abort(new Stopped("seen"));
            return hangs(async () => new Response(), request);
          },
        }),
      );
      await expectReason(t, controller, (signal) =>
        client.headObject({ Bucket: rig.Bucket, Key: "x", signal }),
      );
      t.equal(seen?.aborted, true, "aborted");
    },
  },
  {
    name: "an abort while Initiate is under way warns that an upload may be left behind",
    run: async (t, rig) => {
      const controller = new AbortController();
      const script = new Script({ InitiateMultipartUpload: [abortsDuring(controller)] });
      const client = rig.createClient({}, script.wrap);
      const warnings: string[] = [];
      await expectReason(t, controller, (signal) =>
        client.uploadFile({
          Bucket: rig.Bucket,
          Key: rig.uniqueKey("abort"),
          Body: streamOf(noise(MB + 1)),
          PartSize: 1,
          onWarning: ({ code }) => warnings.push(code),
          signal,
        }),
      );
      t.deepEqual(warnings, ["orphan-upload"], "warnings");
    },
  },
];
