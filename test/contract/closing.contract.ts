import { CosError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise, readAll } from "./fixtures/bytes.ts";
import { hangs, pass, refuses, Script, type Step } from "./fixtures/faults.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { quickClock } from "./fixtures/quick-clock.ts";

type Client = Rig["client"];

const CLOSED = { code: "client-closed", retryable: false, message: "this client was closed" } as const;
const part = { UploadId: "0123456789abcdef", PartNumber: 1 } as const;

/** Every method of a client. */
function calls(client: Client, Bucket: string): Readonly<Record<string, () => Promise<unknown>>> {
  const object = { Bucket, Key: "closed" };
  const CopySource = { ...object, Region: "ap-guangzhou" };
  const MultipartUpload = { Part: [{ PartNumber: 1, ETag: '"e"' }] };
  const { UploadId } = part;
  return {
    uploadFile: () => client.uploadFile({ ...object, Body: "x" }),
    putObject: () => client.putObject({ ...object, Body: "x" }),
    putObjectFromLocalFile: () => client.putObjectFromLocalFile({ ...object, LocalFilePath: "closed" }),
    appendObject: () => client.appendObject({ ...object, Data: "x", Position: 0 }),
    headObject: () => client.headObject(object),
    getObject: () => client.getObject(object),
    deleteObject: () => client.deleteObject(object),
    copyObject: () => client.copyObject({ ...object, CopySource }),
    listMultipartUploads: () => client.listMultipartUploads({ Bucket }),
    eachMultipartUpload: () => client.eachMultipartUpload({ Bucket }).next(),
    createMultipartUpload: () => client.createMultipartUpload(object),
    uploadPart: () => client.uploadPart({ ...object, ...part, Body: "x" }),
    uploadPartCopy: () => client.uploadPartCopy({ ...object, ...part, CopySource }),
    listParts: () => client.listParts({ ...object, UploadId }),
    eachPart: () => client.eachPart({ ...object, UploadId }).next(),
    completeMultipartUpload: () => client.completeMultipartUpload({ ...object, UploadId, MultipartUpload }),
    abortMultipartUpload: () => client.abortMultipartUpload({ ...object, UploadId }),
    getPresignedUrl: () => client.getPresignedUrl({ ...object, Method: "GET" }),
  };
}

/** Closes the client while a request is on the wire. */
function closesDuring(client: () => Client): Step {
  return (deliver, request) => {
    queueMicrotask(() => void client().close());
    return hangs(deliver, request);
  };
}

export const cases: readonly ContractCase[] = [
  {
    name: "every method of a closed client rejects at once, and sends nothing",
    run: async (t, rig) => {
      const script = new Script();
      const clock = quickClock();
      const client = rig.createClient({}, script.wrap, clock);
      await client.close();
      await client.close();
      t.equal(client.closed, true, "closed");
      for (const call of Object.values(calls(client, rig.Bucket))) await t.throws(call, CosError, CLOSED);
      t.deepEqual([script.sent.length, clock.waits.length], [0, 0], "requests and pauses");
    },
  },
  {
    name: "close() ends a request that is under way, without another attempt",
    run: async (t, rig) => {
      let client: Client | undefined;
      const open = (): Client => t.present(client, "the client");
      const script = new Script({ PutObject: [closesDuring(open)], HeadObject: [closesDuring(open)] });
      const clock = quickClock();
      for (const call of [
        () => open().putObject({ Bucket: rig.Bucket, Key: "closed", Body: "x" }),
        () => open().headObject({ Bucket: rig.Bucket, Key: "closed", signal: new AbortController().signal }),
      ]) {
        client = rig.createClient({}, script.wrap, clock);
        await t.throws(call, CosError, CLOSED);
      }
      t.deepEqual([script.sent.length, clock.waits.length], [2, 0], "requests and pauses");
    },
  },
  {
    name: "close() ends the pause between two attempts",
    run: async (t, rig) => {
      const script = new Script({ PutObject: [refuses(503, "SlowDown", { "retry-after": "30" })] });
      const clock = quickClock({ fires: () => false });
      const client = rig.createClient({}, script.wrap, {
        ...clock,
        timer: (delayMs, fire) => {
          if (delayMs < 60_000) queueMicrotask(() => void client.close());
          return clock.timer(delayMs, fire);
        },
      });
      const put = () => client.putObject({ Bucket: rig.Bucket, Key: "closed", Body: "x" });
      await t.throws(put, CosError, CLOSED);
      t.equal(script.sent.length, 1, "requests");
    },
  },
  {
    name: "close() ends an upload in parts, sends no more of it, and keeps its checkpoint",
    run: async (t, rig) => {
      const script = new Script({ UploadPart: [pass, closesDuring(() => client)] });
      const client = rig.createClient({}, script.wrap);
      const checkpoints = memoryCheckpoints();
      const Body = new File([noise(21 * MB)], "f", { lastModified: 1 });
      const upload = { Bucket: rig.Bucket, Key: rig.uniqueKey("closed"), Body, checkpoints };
      const error = await t.throws(
        () => client.uploadFile({ ...upload, PartSize: 8, MAXThread: 1 }),
        CosError,
        CLOSED,
      );
      t.match(error.hint, /close\(\) is final/, "hint");
      t.deepEqual(script.kinds, ["InitiateMultipartUpload", "UploadPart", "UploadPart"], "requests");
      const { partsResumed } = await rig.client.uploadFile({ ...upload, PartSize: 8 });
      t.equal(partsResumed, 1, "parts resumed");
    },
  },
  {
    name: "close() ends the body of an object that is being read",
    run: async (t, rig) => {
      const Key = rig.uniqueKey("closed");
      await rig.client.putObject({ Bucket: rig.Bucket, Key, Body: noise(4 * MB) });
      const client = rig.createClient();
      const { Body } = await client.getObject({ Bucket: rig.Bucket, Key });
      await client.close();
      await t.throws(() => readAll(Body), CosError, CLOSED);
    },
  },
];
