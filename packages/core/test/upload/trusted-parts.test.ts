import { expect, test } from "vitest";
import { DigestCore } from "../../src/digest/digest-core.ts";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import type { CheckpointStore } from "../../src/runtime/checkpoint-store.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Checkpoint } from "../../src/upload/checkpoint.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/upload/checkpoint-codec.ts";
import type { UploadOptions } from "../../src/upload/options.ts";
import type { ListedPart, PartToSend, StoredObject, UploadTarget } from "../../src/upload/target.ts";
import type { Uploaded } from "../../src/upload/uploaded.ts";
import { upload } from "../../src/upload/uploader.ts";
import { wasmBytes } from "../../src/wasm-bytes.generated.ts";
import { UPLOAD_OPTIONS } from "../support/upload-rig.ts";

const MB = 1024 * 1024;
const PARTS = 6;
const SIZE = (PARTS - 1) * MB + 12_345;
const CONTENT = Uint8Array.from({ length: SIZE }, (_, index) => (index * 31 + (index >> 13)) & 255);

/** A source that records which of its parts were read. */
function source(
  more: Partial<ByteSource>,
): ByteSource & { readonly read: ByteSource["read"]; reads: number[] } {
  const reads: number[] = [];
  return {
    reads,
    size: SIZE,
    fingerprint: "etag-1",
    access: "random",
    inMemory: false,
    read: async (start, end, into) => {
      reads.push(start / MB + 1);
      into.set(CONTENT.subarray(start, end));
      return into.subarray(0, Math.min(end, SIZE) - start);
    },
    changed: async () => false,
    close: async () => {},
    ...more,
  };
}

/** COS with the interface that the uploader uses; its parts survive a failed upload. */
class FakeCos implements UploadTarget {
  readonly stored = new Map<number, ListedPart & { crc64: bigint }>();
  readonly sent: number[] = [];
  readonly core: DigestCore;
  failAfter = Number.POSITIVE_INFINITY;

  constructor(core: DigestCore) {
    this.core = core;
  }

  async putPart(
    _id: string,
    partNumber: number,
    { body }: PartToSend,
  ): Promise<{ etag: string; crc64: bigint }> {
    if (!ArrayBuffer.isView(body)) throw new Error("bytes in memory are expected");
    if (this.sent.length >= this.failAfter) throw new Error("the wire is cut");
    this.sent.push(partNumber);
    const crc64 = this.core.crc64(body.slice());
    const part = { partNumber, size: body.length, etag: `"kms-${partNumber}-${crc64}`, crc64 };
    this.stored.set(partNumber, part);
    return part;
  }

  async *listParts(): AsyncGenerator<ListedPart> {
    for (const { partNumber, size, etag } of this.stored.values()) yield { partNumber, size, etag };
  }

  async complete(): Promise<StoredObject> {
    let crc64 = 0n;
    for (let number = 1; number <= PARTS; number += 1) {
      const part = this.stored.get(number);
      if (part === undefined) throw new Error(`part ${number} is missing`);
      crc64 = this.core.combine(crc64, part.crc64, part.size);
    }
    return {
      etag: "e-6",
      crc64,
      location: undefined,
      versionId: undefined,
      requestId: undefined,
      headers: {},
    };
  }

  initiate = async (): Promise<string> => "upload-1";
  abort = async (): Promise<void> => {};
  head = async (): Promise<undefined> => undefined;
  unfinished = async (): Promise<string[]> => [];
  put = (): Promise<StoredObject> => Promise.reject(new Error("not in one PUT"));
}

const runtime = { wasm: WebAssembly.compile(wasmBytes()) } as unknown as Runtime;

async function rig(): Promise<{
  cos: FakeCos;
  edit: (change: (checkpoint: Checkpoint) => Checkpoint) => void;
  run: (from: ByteSource, options?: Partial<UploadOptions>) => Promise<Uploaded>;
}> {
  const core = await DigestCore.create(runtime, 4 * MB, systemClock);
  const cos = new FakeCos(core);
  const texts = new Map<string, string>();
  const checkpoints: CheckpointStore = {
    load: async (id) => texts.get(id),
    save: async (id, text) => void texts.set(id, text),
    remove: async (id) => void texts.delete(id),
    lock: async () => ({ release: async () => {} }),
  };
  const options: UploadOptions = {
    ...UPLOAD_OPTIONS,
    partSize: MB,
    threshold: 0,
    concurrency: 2,
    checkpoints,
  };
  return {
    cos,
    edit: (change) => {
      for (const [id, text] of texts) {
        const checkpoint = decodeCheckpoint(text);
        if (checkpoint !== undefined) texts.set(id, encodeCheckpoint(change(checkpoint)));
      }
    },
    run: (from, more) =>
      upload(cos, from, { ...options, ...more }, { clock: systemClock, digestCoreFor: async () => core }),
  };
}

/** An upload that is cut off after three parts. */
async function interrupted(): Promise<Awaited<ReturnType<typeof rig>>> {
  const made = await rig();
  made.cos.failAfter = 3;
  await expect(made.run(source({ immutable: true }))).rejects.toThrow("the wire is cut");
  made.cos.failAfter = Number.POSITIVE_INFINITY;
  made.cos.sent.length = 0;
  return made;
}

test("an immutable source is not read again for parts that are verified according to the checkpoint", async () => {
  const { cos, run } = await interrupted();
  const from = source({ immutable: true });
  const seen: number[] = [];
  const result = await run(from, { onProgress: (consumed) => void seen.push(consumed) });
  expect(from.reads.toSorted()).toEqual([4, 5, 6]);
  expect(cos.sent.toSorted()).toEqual([4, 5, 6]);
  expect(result).toMatchObject({ partsResumed: 3, partsSent: 3, size: SIZE });
  expect(result.crc64).toBe(cos.core.crc64(CONTENT));
  expect(seen.at(-1)).toBe(SIZE);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test("any other source is read completely, and only changed parts are sent", async () => {
  const { cos, run } = await interrupted();
  const from = source({});
  expect(await run(from)).toMatchObject({ partsResumed: 3, partsSent: 3 });
  expect(from.reads.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(cos.sent.toSorted()).toEqual([4, 5, 6]);
});

test("another fingerprint is not trusted", async () => {
  const { run } = await interrupted();
  const from = source({ immutable: true, fingerprint: "etag-2" });
  await run(from);
  expect(from.reads.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a part whose ETag or size is not the recorded one is read and compared", async () => {
  const { cos, run } = await interrupted();
  const [second, third] = [cos.stored.get(2), cos.stored.get(3)];
  if (second === undefined || third === undefined) throw new Error("three parts were sent");
  cos.stored.set(2, { ...second, etag: "somebody-elses" });
  cos.stored.set(3, { ...third, size: third.size - 1 });
  const from = source({ immutable: true });
  expect(await run(from)).toMatchObject({ partsResumed: 1, partsSent: 5 });
  expect(from.reads.toSorted()).toEqual([2, 3, 4, 5, 6]);
});

test("a part that the checkpoint does not know is read", async () => {
  const { edit, run } = await interrupted();
  edit((checkpoint) => ({
    ...checkpoint,
    parts: checkpoint.parts.filter(({ partNumber }) => partNumber !== 1),
  }));
  const from = source({ immutable: true });
  await run(from);
  expect(from.reads.toSorted()).toEqual([1, 4, 5, 6]);
});

test("a wrong CRC64 in the checkpoint is detected before the upload succeeds", async () => {
  const { edit, run } = await interrupted();
  edit((checkpoint) => ({
    ...checkpoint,
    parts: checkpoint.parts.map((part) => (part.partNumber === 1 ? { ...part, crc64: "12345" } : part)),
  }));
  await expect(run(source({ immutable: true }))).rejects.toMatchObject({ code: "integrity" });
});

test("the MD5 of the whole takes every byte", async () => {
  const { run } = await interrupted();
  const from = source({ immutable: true });
  await expect(run(from, { contentMd5: "AAAAAAAAAAAAAAAAAAAAAA==" })).rejects.toThrow("ContentMD5");
  expect(from.reads.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
});

test("all parts stored: nothing is read or sent, and the object is completed", async () => {
  const made = await rig();
  const complete = made.cos.complete;
  made.cos.complete = () => Promise.reject(new Error("evicted"));
  await expect(made.run(source({ immutable: true }))).rejects.toThrow("evicted");
  made.cos.complete = complete;
  made.cos.sent.length = 0;
  const from = source({ immutable: true });
  expect(await made.run(from)).toMatchObject({ partsResumed: PARTS, partsSent: 0 });
  expect(from.reads).toEqual([]);
  expect(made.cos.sent).toEqual([]);
});
