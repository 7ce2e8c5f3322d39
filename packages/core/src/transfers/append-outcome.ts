import type { DigestCore } from "../digest/digest-core.ts";
import { CosError, ServiceError } from "../errors.ts";
import { outcomeOf } from "../http/outcome.ts";
import { getObject } from "../requests/get-object.ts";
import { headObject } from "../requests/head-object.ts";
import type { ObjectParameters } from "../requests/object-parameters.ts";
import type { ClientContext } from "./context.ts";

/** The outcome of the earlier appends of these bytes at this position: `unknown` when it is unknown for one of them. */
export type EarlierAppends = "none" | "refused" | "unknown";

/**
 * Decides what follows a failed append: throw its failure, append again, or look at the object first. `look-and-fail`: the
 * failure is the result, unless the object shows that an earlier append of this call was executed late.
 */
export function afterAppend(
  failure: CosError,
  earlier: EarlierAppends,
  lastRound: boolean,
): "fail" | "repeat" | "look" | "look-and-fail" {
  if (outcomeOf(failure) === "unknown") return "look";
  // The position may be wrong because an earlier append of this call was executed late.
  const isPositionWrong = failure instanceof ServiceError && failure.cosCode === "AppendPositionErr";
  if (isPositionWrong && earlier !== "none") return "look";
  if (failure.retryable && !lastRound) return "repeat";
  return earlier === "unknown" ? "look-and-fail" : "fail";
}

/** What was to be appended. */
export interface Appended {
  readonly position: number;
  readonly length: number;
  readonly crc64: bigint;
}

/**
 * Decides what the object's length means after an append whose outcome is unknown.
 * @param length bytes of the object now; 0 when there is none
 * @param equal whether the bytes at the position are those that were to be appended; undefined while not compared
 */
export function afterAppendLook(
  length: number,
  { position, length: wanted }: Appended,
  equal: boolean | undefined,
): "not-appended" | "compare" | "conflict" | "unknown" {
  if (length === position) return "not-appended";
  // The object was replaced or deleted since.
  if (length < position) return "unknown";
  if (length < position + wanted) return "conflict";
  if (equal === undefined) return "compare";
  return equal ? "unknown" : "conflict";
}

/**
 * Looks at the object after an append whose outcome is unknown. Returns when the object has not grown, so that the append
 * can be sent again.
 * @throws {CosError} `conflict`: other bytes are stored at the position; `outcome-unknown`: equal bytes are, from this append
 *   or another, or the object cannot be read
 */
export async function requireNotAppended(
  context: ClientContext,
  parameters: ObjectParameters,
  core: DigestCore,
  appended: Appended,
  cause: CosError,
): Promise<void> {
  const object = { Bucket: parameters.Bucket, Key: parameters.Key, signal: parameters.signal };
  const length = await lengthOf(context, object, appended, cause);
  let decision = afterAppendLook(length, appended, undefined);
  if (decision === "compare") {
    const crc64 = await crc64OfStored(context, object, core, appended).catch((error: unknown) => {
      throw object.signal?.aborted ? error : outcomeUnknown("its bytes cannot be read back", appended, cause);
    });
    decision = afterAppendLook(length, appended, crc64 === appended.crc64);
  }
  if (decision === "not-appended") return;
  if (decision === "conflict") throw conflict(length, appended, cause);
  throw outcomeUnknown(
    length < appended.position
      ? `the object has ${length} bytes now`
      : `the object has ${length} bytes now, and these bytes stand at position ${appended.position}`,
    appended,
    cause,
  );
}

async function lengthOf(
  context: ClientContext,
  object: ObjectParameters,
  appended: Appended,
  cause: CosError,
): Promise<number> {
  try {
    return (await headObject(context, object)).ContentLength;
  } catch (error) {
    if (object.signal?.aborted) throw error;
    if (error instanceof ServiceError && error.code === "not-found") return 0;
    throw outcomeUnknown("HEAD failed too", appended, cause);
  }
}

function outcomeUnknown(detail: string, { position, length }: Appended, cause: unknown): CosError {
  return new CosError(`the response to Append was lost, and ${detail}`, {
    code: "outcome-unknown",
    retryable: false,
    cause,
    hint:
      `HEAD the key: its length is ${position} if nothing was appended; if it is at least ${position + length} and no ` +
      `one else appends to it, these bytes are stored: go on at position ${position + length}`,
  });
}

function conflict(length: number, { position }: Appended, cause: CosError): CosError {
  if (cause instanceof ServiceError && cause.cosCode === "AppendPositionErr") return cause;
  return new CosError(`another append was stored at position ${position}; these bytes were not`, {
    code: "conflict",
    retryable: false,
    cause,
    hint: `append again at position ${length}, the object's length now`,
  });
}

/** CRC64 of the bytes that are stored at the position of an append. */
async function crc64OfStored(
  context: ClientContext,
  object: ObjectParameters,
  core: DigestCore,
  { position, length }: Appended,
): Promise<bigint> {
  const { Body } = await getObject(context, {
    ...object,
    Range: `bytes=${position}-${position + length - 1}`,
  });
  const reader = Body.getReader();
  let crc64 = 0n;
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    crc64 = core.crc64(value, crc64);
    bytes += value.length;
  }
  if (bytes !== length) throw new Error(`the response has ${bytes} of ${length} bytes`);
  return crc64;
}
