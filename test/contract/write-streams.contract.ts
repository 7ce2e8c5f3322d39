import { ServiceError } from "@cosup/core";
import { type UploadStreamParameters, type WriteHandlers, writeHandlers } from "@cosup/core/streams";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, pieces } from "./fixtures/bytes.ts";
import { refuses, Script } from "./fixtures/faults.ts";
import { Stopped } from "./fixtures/stopped.ts";
import { expectAbsent, expectParts, expectStored, openUploads } from "./fixtures/stored.ts";

/** What the cases use of Node's streams. */
interface Stream {
  on(event: string, listener: (value: Error) => void): this;
  write(chunk: unknown): boolean;
  end(): void;
  destroy(error?: Error): void;
}
interface StreamModule {
  readonly Readable: { from(chunks: Iterable<unknown>): Stream };
  readonly Writable: new (handlers: WriteHandlers) => Stream;
  readonly pipeline: (source: Stream, target: Stream, done: (error?: Error) => void) => void;
}

const needs = "node:stream";

/** A stream as adapters make it. */
function open(rig: Rig, parameters: UploadStreamParameters, client = rig.client) {
  const { Writable, Readable, pipeline } = rig.modules["node:stream"] as unknown as StreamModule;
  const { handlers, result } = writeHandlers(client, parameters, (error) => stream.destroy(error));
  const stream: Stream = new Writable(handlers);
  const piped = (chunks: Iterable<unknown>): Promise<void> =>
    new Promise((resolve, reject) => {
      pipeline(Readable.from(chunks), stream, (error) => (error ? reject(error) : resolve()));
    });
  const closed = new Promise<void>((resolve) => stream.on("close", () => resolve()));
  return { stream, result, piped, closed };
}

export const cases: readonly ContractCase[] = [
  {
    name: "a Node stream of an upload finishes when the object is published and verified",
    needs,
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("node-written") };
      const bytes = noise(3 * MB - 1);
      const { piped, result } = open(rig, { ...object, PartSize: 1 });
      await piped(pieces(bytes, 100_000));
      await expectStored(t, rig, object.Key, bytes);
      expectParts(t, await result, bytes, 3);
    },
  },
  {
    name: "a Node stream of an upload makes its source wait",
    needs,
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("node-written") };
      const { stream, closed } = open(rig, object);
      const drained = new Promise<void>((resolve) => stream.on("drain", () => resolve()));
      t.equal(stream.write(noise(200_000)), false, "room after 200 KB");
      await drained;
      stream.end();
      await closed;
      await expectStored(t, rig, object.Key, noise(200_000));
    },
  },
  {
    name: "a Node stream of an upload that is destroyed publishes nothing and leaves no upload behind",
    needs,
    run: async (t, rig) => {
      for (const error of [new Stopped(), undefined]) {
        const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("node-written") };
        const { stream, result, closed } = open(rig, { ...object, PartSize: 1 });
        const errors: Error[] = [];
        stream.on("error", (thrown) => errors.push(thrown));
        const drained = new Promise<void>((resolve) => stream.on("drain", () => resolve()));
        stream.write(noise(2_500_000));
        await drained;
        stream.destroy(error);
        await closed;
        const reason = await t.throws(() => result, Error);
        if (error !== undefined) t.equal<unknown>(reason, error, "the reason");
        t.deepEqual(errors, error === undefined ? [] : [error], "errors");
        await expectAbsent(t, rig, object.Key);
        t.deepEqual(await openUploads(rig, object.Key), [], "unfinished uploads");
      }
    },
  },
  {
    name: "pipeline() to a Node stream of an upload rejects with the error of the upload",
    needs,
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("node-written") };
      const script = new Script({ PutObject: refuses(403, "AccessDenied") });
      const client = rig.createClient({}, script.wrap);
      const { piped, result } = open(rig, object, client);
      const refused = { code: "access-denied" } as const;
      await t.throws(() => piped(["content"]), ServiceError, refused);
      await t.throws(() => result, ServiceError, refused);
    },
  },
  {
    name: "a Node stream of an upload fails while nothing is written, when the upload is aborted",
    needs,
    run: async (t, rig) => {
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("node-written") };
      const controller = new AbortController();
      const { stream, closed } = open(rig, { ...object, signal: controller.signal });
      const failed = new Promise<Error>((resolve) => stream.on("error", resolve));
      const reason = new Stopped();
      controller.abort(reason);
      t.equal<unknown>(await failed, reason, "the error");
      await closed;
      await expectAbsent(t, rig, object.Key);
    },
  },
];
