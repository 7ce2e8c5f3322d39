import type { DigestCore } from "../digest/digest-core.ts";
import { CosError, IntegrityError, ServiceError, TransportError } from "../errors.ts";
import { backoffMs } from "../http/backoff.ts";
import { type Clock, sleep } from "../runtime.ts";
import type { WarningCallback } from "./options.ts";
import type { Acknowledged } from "./recorder.ts";
import type { StoredObject, UploadTarget } from "./target.ts";

export interface CompleteContext {
  readonly target: UploadTarget;
  readonly core: DigestCore;
  readonly clock: Clock;
  readonly uploadId: string;
  readonly parts: readonly Acknowledged[];
  /** Bytes of the source, when known beforehand. */
  readonly size: number | undefined;
  readonly signal: AbortSignal;
  readonly onWarning: WarningCallback | undefined;
}

export interface Published extends StoredObject {
  readonly size: number;
  readonly crc64: bigint;
}

/** Times Complete is sent, each after proof that the one before it did not happen. */
const ROUNDS = 8;

/**
 * Publishes the parts as one object, and proves that the object is the source: sizes add up, and the CRC64 combined
 * from the parts is the one that COS computed.
 */
export async function completeAndProve(context: CompleteContext): Promise<Published> {
  const whole = combineParts(context);
  for (let round = 1; ; round += 1) {
    try {
      const object = await context.target.complete(context.uploadId, context.parts, context.signal);
      return await prove(context, whole, object);
    } catch (error) {
      if (context.signal.aborted || !isAmbiguous(error)) throw error;
      const settled = await settle(context, whole, error);
      if (settled !== undefined) return settled;
      if (round === ROUNDS) throw error;
    }
    await sleep(context.clock, backoffMs(round, undefined, context.clock.random), context.signal);
  }
}

interface Whole {
  readonly size: number;
  readonly crc64: bigint;
}

/** The last look before publishing: parts 1..n without a gap, their sizes the source's. */
function combineParts({ parts, core, size }: CompleteContext): Whole {
  let crc64 = 0n;
  let bytes = 0;
  parts.forEach((part, index) => {
    if (part.partNumber !== index + 1) {
      throw new IntegrityError("a part is missing", {
        expected: String(index + 1),
        actual: String(part.partNumber),
      });
    }
    crc64 = core.combine(crc64, BigInt(part.crc64), part.length);
    bytes += part.length;
  });
  if (parts.length === 0 || (size !== undefined && bytes !== size)) {
    throw new IntegrityError("the parts do not add up to the source", {
      expected: String(size),
      actual: String(bytes),
    });
  }
  return { size: bytes, crc64 };
}

async function prove(context: CompleteContext, whole: Whole, object: StoredObject): Promise<Published> {
  if (object.crc64 === whole.crc64) return { ...object, ...whole };
  // COS gives the CRC64 with Complete when every part has one; otherwise the object may still tell it. Another one in
  // the answer may be the answer's fault: the object itself has the last word.
  const actual = (await headCrc64(context)) ?? object.crc64;
  if (actual === undefined) {
    context.onWarning?.({
      code: "unproven",
      message: "COS gave no CRC64 for the whole object; each of its parts was proven on its own",
    });
  } else if (actual !== whole.crc64) {
    throw new IntegrityError("the object in COS is not the source (CRC64)", {
      expected: String(whole.crc64),
      actual: String(actual),
    });
  }
  return { ...object, ...whole };
}

async function headCrc64({ target, signal }: CompleteContext): Promise<bigint | undefined> {
  try {
    return (await target.head(signal))?.crc64;
  } catch (error) {
    if (error instanceof CosError) return undefined;
    throw error;
  }
}

/** Failures of Complete after which the object may or may not be there. */
export function isAmbiguous(error: unknown): boolean {
  if (error instanceof TransportError) return true;
  if (!(error instanceof ServiceError)) return false;
  // NoSuchUpload is what a Complete that is repeated after a lost success gets.
  return (
    error.status >= 500 ||
    error.retryable ||
    error.cosCode === "NoSuchUpload" ||
    error.code === "unexpected-answer"
  );
}

/**
 * Finds out what became of a Complete whose answer is lost or dubious.
 * @returns the object when it is proven to be ours; undefined when the upload is still open, so that Complete can be
 *   sent again
 * @throws {CosError} `outcome-unknown` when neither can be shown
 */
async function settle(
  context: CompleteContext,
  whole: Whole,
  cause: unknown,
): Promise<Published | undefined> {
  const { target, signal } = context;
  let object: Awaited<ReturnType<UploadTarget["head"]>>;
  try {
    object = await target.head(signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw unknown(`${occasion(cause)}, and HEAD failed too: ${messageOf(error)}`, error);
  }
  const ours = object !== undefined && object.size === whole.size && object.crc64 === whole.crc64;
  const open = await isOpen(context);
  // An equal object from earlier is not enough while the upload is still open: its headers may be others.
  if (ours && object !== undefined && open !== true) return { ...object, ...whole };
  if (open === true) return undefined;
  if (open === undefined && !(cause instanceof ServiceError && cause.cosCode === "NoSuchUpload"))
    return undefined;
  throw unknown(
    `${occasion(cause)}, COS no longer knows the upload, and the object at the key is not the source`,
    cause,
  );
}

/** What left the outcome open. */
function occasion(cause: unknown): string {
  return cause instanceof ServiceError
    ? `Complete failed (${cause.cosCode || `HTTP ${cause.status}`})`
    : "the answer to Complete was lost";
}

/** What was thrown, in words: it need not be an Error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether COS still knows the upload; undefined when it may not be asked. */
async function isOpen({ target, uploadId, signal }: CompleteContext): Promise<boolean | undefined> {
  try {
    for await (const _part of target.listParts(uploadId, signal)) return true;
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof ServiceError && error.cosCode === "NoSuchUpload") return false;
    return undefined;
  }
}

function unknown(message: string, cause: unknown): CosError {
  return new CosError(message, {
    code: "outcome-unknown",
    retryable: false,
    cause,
    hint: "HEAD the key: if its CRC64 is the source's, the upload succeeded; otherwise upload again",
  });
}
