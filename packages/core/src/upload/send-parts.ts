import type { BodyFollower } from "../http/sending.ts";
import type { CheckpointWriter } from "./checkpoint-writer.ts";
import type { FilledPart } from "./filled-part.ts";
import type { PartReader } from "./part-reader.ts";
import { runWorkers } from "./run-workers.ts";
import { Semaphore } from "./semaphore.ts";
import { holds, needsMd5, type StoredPart, type TrustedParts } from "./stored-parts.ts";
import type { UploadTarget } from "./target.ts";
import { isVerifiable, sendVerified } from "./verify.ts";

export interface SendContext {
  readonly target: UploadTarget;
  readonly reader: PartReader;
  readonly writer: CheckpointWriter;
  readonly uploadId: string;
  readonly stored: ReadonlyMap<number, StoredPart>;
  /** Stored parts that are not even read. */
  readonly trusted: TrustedParts;
  readonly enableMd5: boolean;
  readonly concurrency: number;
  /** Follows the bodies that are sent. */
  readonly follower: BodyFollower | undefined;
}

export interface SendCounts {
  partsSent: number;
  partsResumed: number;
}

/** With MD5, workers beyond those that send: they read and hash meanwhile, so that its four lanes fill. */
const HASHING_WORKERS = 3;

/**
 * Runs N workers. Each takes the next part from the one reader, digests it, and sends it unless COS holds it already.
 * The first failure stops them all, and no request is under way any more when this settles.
 * @param first a part that was read before the upload began
 */
export async function sendParts(
  context: SendContext,
  first: FilledPart | undefined,
  signal: AbortSignal,
): Promise<SendCounts> {
  const counts: SendCounts = { partsSent: 0, partsResumed: context.trusted.size };
  for (const part of context.trusted.values()) context.writer.record(part, false);
  const semaphore = new Semaphore(context.concurrency);
  const hashes = context.enableMd5 || [...context.stored.values()].some(needsMd5);
  let pending = first;
  const worker = async (stop: AbortSignal): Promise<void> => {
    for (;;) {
      const taken = pending;
      pending = undefined;
      const part = taken ?? (await context.reader.next(stop));
      if (part === undefined) return;
      try {
        await sendPart(context, semaphore, part, counts, stop);
      } finally {
        await part.release();
      }
    }
  };
  await runWorkers(context.concurrency + (hashes ? HASHING_WORKERS : 0), worker, signal);
  return counts;
}

async function sendPart(
  context: SendContext,
  semaphore: Semaphore,
  part: FilledPart,
  counts: SendCounts,
  signal: AbortSignal,
): Promise<void> {
  const { partNumber, bytes, toRead } = part;
  const core = toRead ?? part.core;
  const body = toRead ?? bytes;
  const received = { partNumber, length: body.length };
  signal.throwIfAborted();
  const stored = context.stored.get(partNumber);
  // That of a part to read is known when it has been sent, unless COS is to get the MD5 with it. COS holds no such part.
  const withMd5 = context.enableMd5 || needsMd5(stored);
  const digest = toRead && !withMd5 ? undefined : await core.digest(bytes, withMd5);
  signal.throwIfAborted();
  if (digest && holds(stored, bytes.length, digest)) {
    const { etag, verified } = stored;
    context.writer.record({ ...received, crc64: digest.crc64, etag, verified }, false);
    counts.partsResumed += 1;
    return;
  }
  const md5 = context.enableMd5 ? digest?.md5 : undefined;
  const response = await semaphore.run(() => {
    signal.throwIfAborted();
    return sendVerified(
      core,
      bytes,
      digest,
      partNumber,
      () => context.target.putPart(context.uploadId, partNumber, { body, md5 }, signal, context.follower),
      context.target.repeats,
    );
  });
  const { crc64 } = digest ?? (await core.digest(bytes));
  const { etag } = response;
  context.writer.record({ ...received, crc64, etag, verified: isVerifiable(response) }, true);
  counts.partsSent += 1;
}
