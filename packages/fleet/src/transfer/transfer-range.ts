import { createHash } from "node:crypto";
import type { Part } from "@cosup/node";
import { digestOf } from "@cosup/node/digest";
import { cosSourceOf } from "../manifest/check-source.ts";
import { copySourceOf } from "../sources/cos-source.ts";
import type { RangeSource } from "../sources/range-source.ts";
import { sourceChanged } from "../sources/source-errors.ts";
import { inParallel } from "./in-parallel.ts";
import { bare, isListed, listedParts, withUploadGone } from "./list-parts.ts";
import { objectOf } from "./object-parameters.ts";
import { placeOf } from "./plan-large.ts";
import { openSource } from "./probe-source.ts";
import type { PartResult, RangeTask, TransferContext } from "./types.ts";

const PARTS_AT_ONCE = 4;
const MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Stores the parts of one range, on any machine, and in any order with other ranges of the object. Run twice, also at the
 * same time, it stores the same parts: one that COS holds already is compared with the source's bytes, and not sent again.
 * @returns all parts of the range in ascending order, `known` ones included
 * @throws {TransferError} `source-changed`: the upload must be aborted; `upload-gone`: COS does not know it
 * @throws {CosError} COS refused, or there was no response after all retries
 */
export async function transferRange(context: TransferContext, task: RangeTask): Promise<PartResult[]> {
  const listed =
    task.isRepeat === false ? new Map<number, Part>() : await listedParts(context, task, task).catch(gone);
  const parts = new Map<number, PartResult>();
  for (const part of task.known) {
    const isOfRange = part.partNumber >= task.from && part.partNumber <= task.to;
    const isThere = task.isRepeat === false || isListed(part, listed.get(part.partNumber));
    if (isOfRange && isThere) parts.set(part.partNumber, { ...part, sent: false });
  }
  const numbers: number[] = [];
  for (let number = task.from; number <= task.to; number += 1) if (!parts.has(number)) numbers.push(number);
  const add = async (part: PartResult): Promise<void> => {
    parts.set(part.partNumber, part);
    if (part.sent) context.onBytes?.(part.size);
    await task.onPart?.(part);
  };
  if (numbers.length > 0) {
    const store = task.facts.kind === "cos" ? copyParts : sendParts;
    await store(context, task, { numbers, listed, add }).catch(gone);
  }
  return [...parts.values()].sort((one, other) => one.partNumber - other.partNumber);
}

function gone(error: unknown): never {
  throw withUploadGone(error);
}

interface Work {
  readonly numbers: readonly number[];
  readonly listed: ReadonlyMap<number, Part>;
  readonly add: (part: PartResult) => Promise<void>;
}

/** Parts that pass through the memory of this process: each worker has one buffer. */
async function sendParts(context: TransferContext, task: RangeTask, work: Work): Promise<void> {
  const { concurrency = PARTS_AT_ONCE, memoryBudget = MEMORY_BYTES } = context;
  const { partSize } = task.plan;
  const fitting = Math.max(1, Math.floor(memoryBudget / partSize));
  const source = await openSource(task.entry, task.facts);
  const buffers: Uint8Array[] = [];
  try {
    await inParallel(
      work.numbers,
      Math.min(concurrency, fitting),
      context.signal,
      async (number, signal, worker) => {
        const { start, length } = placeOf(number, task.facts, task.plan);
        buffers[worker] ??= Buffer.allocUnsafeSlow(Math.min(partSize, task.facts.size));
        const bytes = (buffers[worker] as Uint8Array).subarray(0, length);
        await source.read(start, bytes, signal);
        const held = await heldPart(bytes, number, work.listed.get(number));
        await work.add(held ?? (await sendPart({ ...context, signal }, task, number, bytes)));
      },
    );
  } finally {
    await closeQuietly(source);
  }
}

/** The part, if COS holds exactly these bytes: the ETag of a part is their MD5. */
async function heldPart(
  bytes: Uint8Array,
  partNumber: number,
  listed: Part | undefined,
): Promise<PartResult | undefined> {
  if (listed?.Size !== bytes.length) return undefined;
  if (createHash("md5").update(bytes).digest("hex") !== bare(listed.ETag)) return undefined;
  const { crc64 } = await digestOf(bytes);
  return { partNumber, size: bytes.length, etag: listed.ETag, crc64, sent: false };
}

async function sendPart(
  context: TransferContext,
  { entry, uploadId }: RangeTask,
  partNumber: number,
  bytes: Uint8Array,
): Promise<PartResult> {
  const part = { ...objectOf(context, entry), UploadId: uploadId, PartNumber: partNumber };
  const stored = await context.cos.uploadPart({ ...part, Body: bytes });
  // Verified by the MD5 where COS gives no CRC64.
  const crc64 = stored.crc64 ?? (await digestOf(bytes)).crc64;
  return { partNumber, size: bytes.length, etag: stored.ETag, crc64, sent: true };
}

/** Parts that COS copies. The source is pinned by its ETag, so that parts of two versions never mix. */
async function copyParts(context: TransferContext, task: RangeTask, work: Work): Promise<void> {
  const { entry, facts, plan, uploadId } = task;
  const object = cosSourceOf(entry.source);
  if (object === undefined) throw new TypeError("entry.source: must be cos://bucket/key");
  const CopySource = copySourceOf(context, object);
  const pinned = { CopySource, CopySourceIfMatch: facts.fingerprint, UploadId: uploadId };
  await inParallel(
    work.numbers,
    context.concurrency ?? PARTS_AT_ONCE,
    context.signal,
    async (number, signal) => {
      const { start, length } = placeOf(number, facts, plan);
      const CopySourceRange = `bytes=${start}-${start + length - 1}`;
      const part = { ...objectOf({ ...context, signal }, entry), PartNumber: number, CopySourceRange };
      const copied = await context.cos
        .uploadPartCopy({ ...pinned, ...part })
        .catch((error: { code?: unknown }) => {
          throw error.code === "precondition-failed" ? sourceChanged(entry.source) : error;
        });
      await work.add({
        partNumber: number,
        size: length,
        etag: copied.ETag,
        crc64: copied.crc64,
        sent: true,
      });
    },
  );
}

async function closeQuietly(source: RangeSource): Promise<void> {
  await source.close().catch(() => {});
}
