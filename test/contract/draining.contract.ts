import type { Runtime, WireResponse } from "@cosup/core/runtime";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, streamOf } from "./fixtures/bytes.ts";
import { foreign, type Plan, refuses, Script } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";
import { withMembers } from "./fixtures/runtimes.ts";

/** Counts the responses whose body was neither read to its end nor cancelled. */
class Ledger {
  #open = 0;
  responses = 0;

  get open(): number {
    return this.#open;
  }

  readonly wrap = (runtime: Runtime): Runtime =>
    withMembers(runtime, { send: async (request) => this.#watch(await runtime.send(request)) });

  #watch(response: WireResponse): WireResponse {
    this.responses += 1;
    this.#open += 1;
    let done = false;
    const close = (): void => {
      if (!done) this.#open -= 1;
      done = true;
    };
    let body: ReadableStream<Uint8Array> | null | undefined;
    return {
      status: response.status,
      headers: response.headers,
      get body() {
        if (body === undefined) body = response.body === null ? null : watchStream(response.body, close);
        if (body === null) close();
        return body;
      },
      text: () => response.text().finally(close),
      arrayBuffer: () => response.arrayBuffer().finally(close),
    };
  }
}

function watchStream(stream: ReadableStream<Uint8Array>, close: () => void): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await reader.read();
        if (done) {
          close();
          controller.close();
        } else controller.enqueue(value);
      },
      cancel: async (reason) => {
        close();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

interface Errand {
  readonly name: string;
  readonly plan?: Plan;
  run(rig: Rig, client: Rig["client"], Key: string): Promise<unknown>;
}

const ERRANDS: readonly Errand[] = [
  {
    name: "the life cycle of an object",
    run: async ({ Bucket }, client, Key) => {
      await client.putObject({ Bucket, Key, Body: "x" });
      await client.headObject({ Bucket, Key });
      await client.copyObject({
        Bucket,
        Key: `${Key}-2`,
        CopySource: { Bucket, Key, Region: "ap-guangzhou" },
      });
      await new Response(
        (await client.getObject({ Bucket, Key })).Body as ReadableStream<Uint8Array<ArrayBuffer>>,
      ).text();
      await (await client.getObject({ Bucket, Key })).Body.cancel();
      await client.deleteObject({ Bucket, Key });
      await client.appendObject({ Bucket, Key, Data: "x", Position: 0 });
    },
  },
  {
    name: "a multipart upload by hand",
    run: async ({ Bucket }, client, Key) => {
      const { UploadId } = await client.createMultipartUpload({ Bucket, Key });
      const upload = { Bucket, Key, UploadId };
      const { ETag } = await client.uploadPart({ ...upload, PartNumber: 1, Body: "x" });
      await client.listParts(upload);
      await client.listMultipartUploads({ Bucket, Prefix: Key });
      await client.completeMultipartUpload({
        ...upload,
        MultipartUpload: { Part: [{ PartNumber: 1, ETag }] },
      });
      const other = await client.createMultipartUpload({ Bucket, Key });
      await client.abortMultipartUpload({ Bucket, Key, UploadId: other.UploadId });
    },
  },
  {
    name: "an upload in parts with retries",
    plan: { UploadPart: [refuses(500, "InternalError"), foreign(503)] },
    run: ({ Bucket }, client, Key) =>
      client.uploadFile({ Bucket, Key, Body: streamOf(noise(2 * MB)), PartSize: 1 }),
  },
  {
    name: "refusals of every method",
    run: async (_rig, client, Key) => {
      const Bucket = "nobody-1250000000";
      const upload = { Bucket, Key, UploadId: "u" };
      const calls = [
        client.putObject({ Bucket, Key, Body: "x" }),
        client.headObject({ Bucket, Key }),
        client.getObject({ Bucket, Key }),
        client.deleteObject({ Bucket, Key }),
        client.uploadPart({ ...upload, PartNumber: 1, Body: "x" }),
        client.listParts(upload),
        client.abortMultipartUpload(upload),
        client.completeMultipartUpload({
          ...upload,
          MultipartUpload: { Part: [{ PartNumber: 1, ETag: "e" }] },
        }),
      ];
      await Promise.allSettled(calls);
    },
  },
  {
    name: "responses of a proxy",
    plan: { PutObject: foreign(403), GetObject: foreign(404), InitiateMultipartUpload: foreign(200) },
    run: async ({ Bucket }, client, Key) => {
      await client.putObject({ Bucket, Key, Body: "x" }).catch(() => {});
      await client.getObject({ Bucket, Key }).catch(() => {});
      await client.createMultipartUpload({ Bucket, Key }).catch(() => {});
    },
  },
  {
    name: "a read that a condition refuses",
    run: async ({ Bucket }, client, Key) => {
      await client.putObject({ Bucket, Key, Body: "x" });
      await client.getObject({ Bucket, Key, IfMatch: '"other"' }).catch(() => {});
      await client.getObject({ Bucket, Key, Range: "bytes=5-9" }).catch(() => {});
    },
  },
];

export const cases: readonly ContractCase[] = ERRANDS.map(
  ({ name, plan, run }): ContractCase => ({
    name: `every response's body is read or cancelled: ${name}`,
    run: async (t, rig) => {
      const script = new Script(plan);
      const ledger = new Ledger();
      const client = rig.createClient({}, (runtime) => ledger.wrap(script.wrap(runtime)), quickClock());
      await run(rig, client, rig.uniqueKey("drain"));
      script.assertUsed(t);
      t.ok(ledger.responses > 1, "responses");
      t.equal(ledger.open, 0, "bodies left open");
    },
  }),
);
