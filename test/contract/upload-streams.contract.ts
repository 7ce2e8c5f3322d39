import { ArgumentTypeError, ServiceError } from "@cosup/core";
import { createUploadStream } from "@cosup/core/streams";
import type { Assert } from "./assert.ts";
import type { ContractCase } from "./contract.ts";
import { MB, noise, pieces, streamOf, textBytes } from "./fixtures/bytes.ts";
import { hangs, refuses, Script, type Step } from "./fixtures/faults.ts";
import { Stopped } from "./fixtures/stopped.ts";
import { expectAbsent, expectOnePut, expectParts, expectStored, openUploads } from "./fixtures/stored.ts";

/** The promise rejects with this very reason. */
async function rejectsWith(t: Assert, promise: Promise<unknown>, reason: Stopped): Promise<void> {
  t.equal(await t.throws(() => promise, Stopped), reason, "the reason");
}

export const cases: readonly ContractCase[] = [
  {
    name: "createUploadStream() stores what is written in one PUT, and is closed when it is verified",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
      const { writable, result } = createUploadStream(rig.client, object);
      const writer = writable.getWriter();
      await writer.write("text, ");
      await writer.write(textBytes("bytes, "));
      await writer.write(textBytes("a buffer").buffer);
      await expectAbsent(t, rig, object.Key);
      await writer.close();
      const bytes = textBytes("text, bytes, a buffer");
      await expectStored(t, rig, object.Key, bytes);
      expectOnePut(t, await result, bytes);
    },
  },
  {
    name: "createUploadStream() stores what is piped to it in parts",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
      const bytes = noise(3 * MB - 1);
      const { writable, result } = createUploadStream(rig.client, { ...object, PartSize: 1 });
      await streamOf(bytes).pipeTo(writable);
      expectParts(t, await result, bytes, 3);
      await expectStored(t, rig, object.Key, bytes);
    },
  },
  {
    name: "createUploadStream() that is closed at once stores an empty object",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
      const { writable, result } = createUploadStream(rig.client, object);
      await writable.close();
      t.equal((await result).size, 0, "size");
      await expectStored(t, rig, object.Key, new Uint8Array(0));
    },
  },
  {
    name: "a write to createUploadStream() is done when its buffer may be used again",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
      const bytes = noise(2 * MB + 1);
      const { writable, result } = createUploadStream(rig.client, { ...object, PartSize: 1 });
      const writer = writable.getWriter();
      const buffer = new Uint8Array(300_000);
      for (const piece of pieces(bytes, buffer.length)) {
        buffer.set(piece);
        await writer.write(buffer.subarray(0, piece.length));
        buffer.fill(0);
      }
      await writer.close();
      await expectStored(t, rig, object.Key, bytes);
      t.equal((await result).size, bytes.length, "size");
    },
  },
  {
    name: "createUploadStream() takes no more than the memory budget while COS is slow",
    run: async (t, rig) => {
      let written = 0;
      const writtenAt: number[] = [];
      const notes: Step = (deliver) => {
        writtenAt.push(written);
        return deliver();
      };
      const client = rig.createClient({}, new Script({ UploadPart: notes }).wrap);
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
      const { writable } = createUploadStream(client, { ...object, PartSize: 1, MAXThread: 1 });
      const writer = writable.getWriter();
      for (const piece of pieces(noise(20 * MB), 64 * 1024)) {
        await writer.write(piece);
        written += piece.length;
      }
      await writer.close();
      t.equal(writtenAt.length, 20, "parts");
      for (const [sent, bytes] of writtenAt.entries())
        t.ok(bytes <= (sent + 9) * MB, `${bytes} bytes were written when part ${sent + 1} was sent`);
    },
  },
  {
    name: "createUploadStream() that is aborted publishes nothing and leaves no upload behind",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const { writable, result } = createUploadStream(client, { ...object, PartSize: 1 });
      const writer = writable.getWriter();
      for (const piece of pieces(noise(2_500_000), 100_000)) await writer.write(piece);
      const reason = new Stopped();
      await writer.abort(reason);
      t.equal(script.count("AbortMultipartUpload"), 1, "aborted uploads");
      await rejectsWith(t, result, reason);
      await expectAbsent(t, rig, object.Key);
      t.deepEqual(await openUploads(rig, object.Key), [], "unfinished uploads");
    },
  },
  {
    name: "createUploadStream() can be aborted while a write waits for COS",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
      const reason = new Stopped();
      let onSending: () => void = () => {};
      const sending = new Promise<void>((resolve) => {
        onSending = resolve;
      });
      const silent: Step = (deliver, request) => {
        onSending();
        return hangs(deliver, request);
      };
      const client = rig.createClient({}, new Script({ UploadPart: silent }).wrap);
      const parameters = { ...object, PartSize: 1, MAXThread: 1 };
      const { writable, result } = createUploadStream(client, parameters);
      const writer = writable.getWriter();
      // More than the memory budget: this write cannot end.
      const waiting = t.throws(() => writer.write(noise(20 * MB)), Stopped);
      await sending;
      await writer.abort(reason);
      t.equal(await waiting, reason, "the reason");
      await rejectsWith(t, result, reason);
      t.deepEqual(await openUploads(rig, object.Key), [], "unfinished uploads");
    },
  },
  {
    name: "createUploadStream() fails with the error of the source that is piped to it, and publishes nothing",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
      const reason = new Stopped();
      let onProgress: () => void = () => {};
      const partStored = new Promise<void>((resolve) => {
        onProgress = resolve;
      });
      let left = 5;
      const source = new ReadableStream<Uint8Array>({
        async pull(controller) {
          left -= 1;
          if (left > 0) return controller.enqueue(noise(400_000));
          await partStored;
          controller.error(reason);
        },
      });
      const parameters = { ...object, PartSize: 1, onProgress };
      const { writable, result } = createUploadStream(rig.client, parameters);
      await rejectsWith(t, source.pipeTo(writable), reason);
      await rejectsWith(t, result, reason);
      await expectAbsent(t, rig, object.Key);
      t.deepEqual(await openUploads(rig, object.Key), [], "unfinished uploads");
    },
  },
  {
    name: "createUploadStream() fails when its upload fails, also a write that waits",
    run: async (t, rig) => {
      const script = new Script({ InitiateMultipartUpload: refuses(403, "AccessDenied") });
      const client = rig.createClient({}, script.wrap);
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
      const { writable, result } = createUploadStream(client, { ...object, PartSize: 1 });
      const refused = { code: "access-denied" } as const;
      const endless = streamOf(noise(40 * MB));
      await t.throws(() => endless.pipeTo(writable), ServiceError, refused);
      await t.throws(() => result, ServiceError, refused);
    },
  },
  {
    name: "createUploadStream() stops with its signal, also while a write waits",
    run: async (t, rig) => {
      for (const early of [true, false]) {
        const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
        const controller = new AbortController();
        const reason = new Stopped();
        if (early) controller.abort(reason);
        const parameters = { ...object, signal: controller.signal };
        const { writable, result } = createUploadStream(rig.client, parameters);
        if (!early) {
          const writer = writable.getWriter();
          await writer.write("a");
          const waiting = writer.closed;
          controller.abort(reason);
          await rejectsWith(t, waiting, reason);
        }
        await rejectsWith(t, result, reason);
        await expectAbsent(t, rig, object.Key);
      }
    },
  },
  {
    name: "createUploadStream() with skip takes what is written, and uploads nothing",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
      await rig.client.putObject({ ...object, Body: "first" });
      const { writable, result } = createUploadStream(rig.client, { ...object, skip: "exists" });
      await streamOf(noise(10_000), 1000).pipeTo(writable);
      t.equal((await result).skipped, true, "skipped");
      await expectStored(t, rig, object.Key, textBytes("first"));
    },
  },
  {
    name: "createUploadStream() refuses wrong parameters at once, and chunks that are no bytes",
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("written") };
      for (const wrong of [{ Body: "x" }, { LocalFilePath: "x" }, { Key: 5 as unknown as string }]) {
        const [parameter] = Object.keys(wrong);
        const call = () => createUploadStream(rig.client, { ...object, ...wrong });
        await t.throws(call, ArgumentTypeError, { parameter: parameter ?? "" });
      }
      const { writable, result } = createUploadStream(rig.client, object);
      const writer = writable.getWriter();
      writer.write(5 as unknown as string).catch(() => {});
      await t.throws(() => writer.close(), TypeError, { message: /bytes/ });
      await t.throws(() => result, TypeError, { message: /bytes/ });
    },
  },
];
