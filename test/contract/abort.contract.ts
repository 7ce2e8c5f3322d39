import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, streamOf } from "./fixtures/bytes.ts";
import { pass, Script } from "./fixtures/faults.ts";
import type { Kind } from "./fixtures/kind.ts";
import { abortsAfter, abortsDuring, expectReason, Stopped } from "./fixtures/stopped.ts";
import { expectAbsent, openUploads } from "./fixtures/stored.ts";

interface Calls {
  readonly name: string;
  readonly kind: Kind;
  run(rig: Rig, client: Rig["client"], Key: string, signal: AbortSignal): Promise<unknown>;
}

const upload = { UploadId: "0123456789abcdef", PartNumber: 1 } as const;
const CALLS: readonly Calls[] = [
  {
    name: "putObject",
    kind: "PutObject",
    run: ({ Bucket }, client, Key, signal) => client.putObject({ Bucket, Key, signal, Body: "x" }),
  },
  {
    name: "uploadFile",
    kind: "PutObject",
    run: ({ Bucket }, client, Key, signal) => client.uploadFile({ Bucket, Key, signal, Body: "x" }),
  },
  {
    name: "appendObject",
    kind: "AppendObject",
    run: ({ Bucket }, client, Key, signal) =>
      client.appendObject({ Bucket, Key, signal, Data: "x", Position: 0 }),
  },
  {
    name: "headObject",
    kind: "HeadObject",
    run: ({ Bucket }, client, Key, signal) => client.headObject({ Bucket, Key, signal }),
  },
  {
    name: "getObject",
    kind: "GetObject",
    run: ({ Bucket }, client, Key, signal) => client.getObject({ Bucket, Key, signal }),
  },
  {
    name: "deleteObject",
    kind: "DeleteObject",
    run: ({ Bucket }, client, Key, signal) => client.deleteObject({ Bucket, Key, signal }),
  },
  {
    name: "createMultipartUpload",
    kind: "InitiateMultipartUpload",
    run: ({ Bucket }, client, Key, signal) => client.createMultipartUpload({ Bucket, Key, signal }),
  },
  {
    name: "uploadPart",
    kind: "UploadPart",
    run: ({ Bucket }, client, Key, signal) =>
      client.uploadPart({ Bucket, Key, signal, ...upload, Body: "x" }),
  },
  {
    name: "listParts",
    kind: "ListParts",
    run: ({ Bucket }, client, Key, signal) =>
      client.listParts({ Bucket, Key, signal, UploadId: upload.UploadId }),
  },
  {
    name: "listMultipartUploads",
    kind: "ListMultipartUploads",
    run: ({ Bucket }, client, _Key, signal) => client.listMultipartUploads({ Bucket, signal }),
  },
  {
    name: "abortMultipartUpload",
    kind: "AbortMultipartUpload",
    run: ({ Bucket }, client, Key, signal) =>
      client.abortMultipartUpload({ Bucket, Key, signal, UploadId: upload.UploadId }),
  },
];

const before = CALLS.map(
  ({ name, run }): ContractCase => ({
    name: `${name}() with a signal that has aborted sends nothing`,
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const controller = new AbortController();
      controller.abort(new Stopped("before"));
      await expectReason(t, controller, (signal) => run(rig, client, rig.uniqueKey("abort"), signal));
      t.equal(script.sent.length, 0, "requests");
    },
  }),
);

const during = CALLS.map(
  ({ name, kind, run }): ContractCase => ({
    name: `${name}() aborts while its request is under way`,
    run: async (t, rig) => {
      const controller = new AbortController();
      const script = new Script({ [kind]: [abortsDuring(controller)] });
      const client = rig.createClient({}, script.wrap);
      await expectReason(t, controller, (signal) => run(rig, client, rig.uniqueKey("abort"), signal));
      t.equal(script.sent.length, 1, "requests");
    },
  }),
);

/** The phase of an upload in parts in which it is aborted. */
const INSTANTS: readonly (readonly [when: string, plan: (controller: AbortController) => Script])[] = [
  ["while it initiates", (c) => new Script({ InitiateMultipartUpload: [abortsDuring(c)] })],
  ["after it initiated", (c) => new Script({ InitiateMultipartUpload: [abortsAfter(c)] })],
  ["while it sends a part", (c) => new Script({ UploadPart: [pass, abortsDuring(c)] })],
  ["after a part", (c) => new Script({ UploadPart: [abortsAfter(c)] })],
  ["after the last part", (c) => new Script({ UploadPart: [pass, pass, abortsAfter(c)] })],
  ["while it completes", (c) => new Script({ CompleteMultipartUpload: [abortsDuring(c)] })],
];

const instants = INSTANTS.map(
  ([when, plan]): ContractCase => ({
    name: `an upload in parts that is aborted ${when} publishes nothing and leaves nothing behind`,
    run: async (t, rig) => {
      const controller = new AbortController();
      const script = plan(controller);
      const client = rig.createClient({}, script.wrap);
      const Key = rig.uniqueKey("abort");
      let cancelled = false;
      const bytes = noise(2 * MB + 1);
      const Body = streamOf(bytes).pipeThrough(new TransformStream<Uint8Array, Uint8Array>());
      const watched = {
        async *[Symbol.asyncIterator]() {
          try {
            yield* iterate(Body);
          } finally {
            cancelled = true;
          }
        },
      };
      await expectReason(t, controller, (signal) =>
        client.uploadFile({ Bucket: rig.Bucket, Key, Body: watched, PartSize: 1, MAXThread: 1, signal }),
      );
      await expectAbsent(t, rig, Key);
      t.deepEqual(await openUploads(rig, Key), [], "unfinished uploads");
      t.equal(cancelled, true, "the source was closed");
    },
  }),
);

async function* iterate(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

export const cases: readonly ContractCase[] = [...before, ...during, ...instants];
