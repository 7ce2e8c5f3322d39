import type { DigestCore } from "../digest/digest-core.ts";
import { CosError, IntegrityError } from "../errors.ts";
import { backoffMs } from "../http/backoff.ts";
import { type Clock, sleep } from "../runtime/clock.ts";
import type { RecordedPart } from "./checkpoint-writer.ts";
import type { WarningCallback } from "./options.ts";
import { lookAfterComplete } from "./resolve-complete.ts";
import { afterComplete } from "./resolve-outcome.ts";
import type { StoredObject, UploadTarget } from "./target.ts";
import { warn } from "./warn.ts";

export interface CompleteContext {
  readonly target: UploadTarget;
  readonly core: DigestCore;
  readonly clock: Clock;
  readonly uploadId: string;
  readonly parts: readonly RecordedPart[];
  /** Bytes of the source, when known beforehand. */
  readonly size: number | undefined;
  /** All headers of the object. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onWarning: WarningCallback | undefined;
  /** Called when a Complete failed and COS may have executed it, or may still execute it. */
  readonly onDoubt: () => void;
}

export interface Published extends StoredObject {
  readonly size: number;
  readonly crc64: bigint;
}

/** Times that Complete is sent: with full jitter up to 20 s, the last is about a minute after the first. */
const SENDS = 8;

/**
 * Publishes the parts as one object, and verifies that the object is the source: the sizes add up, and the CRC64
 * combined from the parts is the one that COS computed. Complete is not idempotent: when its outcome is unknown, HEAD and
 * ListParts are sent before Complete is sent again.
 * @throws {CosError} `outcome-unknown` when COS does not show whether the object was published
 */
export async function completeAndVerify(context: CompleteContext): Promise<Published> {
  const whole = combineParts(context);
  const wanted = { ...whole, headers: context.headers };
  let doubtful = false;
  for (let sends = 1; ; sends += 1) {
    try {
      const object = await context.target.complete(context.uploadId, context.parts, context.signal);
      return await verify(context, whole, object);
    } catch (error) {
      if (context.signal.aborted || !(error instanceof CosError) || error instanceof IntegrityError)
        throw error;
      const state = afterComplete(error, doubtful, sends === SENDS);
      if (state.next === "fail") throw error;
      doubtful = state.doubtful;
      if (doubtful) context.onDoubt();
      if (state.next === "look") {
        const published = await lookAfterComplete(context, wanted, error, {
          doubtful,
          lastRound: sends === SENDS,
        });
        if (published !== undefined) return { ...published, ...whole };
      }
      const delayMs = backoffMs(sends, undefined, context.clock.random);
      context.target.repeats?.(error, delayMs, "completeMultipartUpload");
      await sleep(context.clock, delayMs, context.signal);
    }
  }
}

interface Whole {
  readonly size: number;
  readonly crc64: bigint;
}

/** Checks before publishing that the parts are 1 to n without a gap, and have the bytes of the source together. */
function combineParts({ parts, core, size }: CompleteContext): Whole {
  let bytes = 0;
  parts.forEach((part, index) => {
    if (part.partNumber !== index + 1) {
      throw new IntegrityError("a part is missing", {
        expected: String(index + 1),
        actual: String(part.partNumber),
      });
    }
    bytes += part.length;
  });
  if (parts.length === 0 || (size !== undefined && bytes !== size)) {
    throw new IntegrityError("the parts do not add up to the source", {
      expected: String(size),
      actual: String(bytes),
    });
  }
  return { size: bytes, crc64: combineCrc64(core, parts) };
}

/** CRC64 of the bytes of parts in their order. */
export function combineCrc64(core: DigestCore, parts: readonly RecordedPart[]): bigint {
  return parts.reduce((crc64, part) => core.combine(crc64, part.crc64, part.length), 0n);
}

async function verify(context: CompleteContext, whole: Whole, object: StoredObject): Promise<Published> {
  if (object.crc64 === whole.crc64) return { ...object, ...whole };
  // The response to Complete has a CRC64 when every part has one; otherwise HEAD may show it. A wrong one may be an error
  // in the response only, so that of HEAD decides.
  const actual = (await headCrc64(context)) ?? object.crc64;
  if (actual === undefined) {
    warn(context, "unverified", unverifiedMessage(context.parts));
  } else if (actual !== whole.crc64) {
    throw new IntegrityError("the object in COS is not the source (CRC64)", {
      expected: String(whole.crc64),
      actual: String(actual),
    });
  }
  return { ...object, ...whole };
}

function unverifiedMessage(parts: readonly RecordedPart[]): string {
  const verified = parts.filter((part) => part.verified !== false).length;
  const which = verified === parts.length ? `all ${verified}` : `only ${verified} of ${parts.length}`;
  return `COS gave no CRC64 for the whole object; of its parts, ${which} were verified by checksums of their own`;
}

async function headCrc64({ target, signal }: CompleteContext): Promise<bigint | undefined> {
  try {
    return (await target.head(signal))?.crc64;
  } catch (error) {
    if (error instanceof CosError) return undefined;
    throw error;
  }
}
