import { CosError, ServiceError } from "../errors.ts";
import { messageOf } from "../text/message-of.ts";
import type { ExistingObject } from "./identical-object.ts";
import type { WarningCallback } from "./options.ts";
import {
  afterLook,
  compareFound,
  type FoundAtKey,
  forbidsOverwrite,
  isNoSuchUpload,
  type LookContext,
  type Wanted,
} from "./resolve-outcome.ts";
import type { UploadTarget } from "./target.ts";
import { warn } from "./warn.ts";

/** What {@link lookAfterComplete} needs to know of the upload. */
export interface LookTarget {
  readonly target: UploadTarget;
  readonly uploadId: string;
  readonly signal: AbortSignal;
  readonly onWarning: WarningCallback | undefined;
}

/**
 * Finds out whether COS has executed a Complete that failed: asks by ListParts whether the upload is still open, and by HEAD
 * what is at the key.
 * @returns the object when it has everything that was requested; undefined when Complete can be sent again
 * @throws {CosError} the failure itself, or `outcome-unknown`
 */
export async function lookAfterComplete(
  context: LookTarget,
  wanted: Wanted,
  failure: CosError,
  { doubtful, lastRound }: Pick<LookContext, "doubtful" | "lastRound">,
): Promise<ExistingObject | undefined> {
  const rules = { failure, doubtful, lastRound, forbidOverwrite: forbidsOverwrite(wanted.headers) };
  const open = isNoSuchUpload(failure) ? false : await isOpen(context);
  const early = afterLook({ open, found: undefined }, rules);
  if (early === "repeat") return undefined;
  if (early === "fail" && open === true) throw failure;
  const object = await headAfter(context, failure, doubtful);
  const found = compareFound(object, wanted);
  const decision = afterLook({ open, found }, rules);
  if (decision === "fail") throw failure;
  if (decision !== "published" || object === undefined) {
    throw outcomeUnknown(`${occasion(failure)}, and ${stateOf(open, found)}`, failure);
  }
  if (open === undefined) warnOfOrphan(context);
  return object;
}

async function headAfter(
  { target, signal }: LookTarget,
  failure: CosError,
  doubtful: boolean,
): Promise<ExistingObject | undefined> {
  try {
    return await target.head(signal);
  } catch (cause) {
    if (signal.aborted) throw cause;
    if (!doubtful) throw failure;
    throw outcomeUnknown(`${occasion(failure)}, and HEAD failed too: ${messageOf(cause)}`, cause);
  }
}

function warnOfOrphan(target: LookTarget): void {
  const { uploadId } = target;
  const message = `upload ${uploadId} may be left behind: ListParts, which could tell, is not permitted`;
  warn(target, "orphan-upload", message, uploadId);
}

/** Why the object at the key does not show the outcome. */
function stateOf(open: boolean | undefined, found: FoundAtKey): string {
  if (open === true) return "COS may still be carrying it out";
  const gone = open === false ? "COS no longer knows the upload, and " : "";
  if (found === "none") return `${gone}there is no object at the key`;
  if (found === "other") return `${gone}the object at the key is not the source with these headers`;
  if (found === "unverifiable") return `${gone}COS gives no CRC64 for the object at the key`;
  if (found === "equal-so-far") return `${gone}HEAD cannot show the ACL or the tags of the object at the key`;
  return `${gone}the equal object at the key may have been published by another writer`;
}

/** What made the outcome unknown. */
function occasion(cause: unknown): string {
  return cause instanceof ServiceError
    ? `Complete failed (${cause.cosCode || `HTTP ${cause.status}`})`
    : "the response to Complete was lost";
}

/** Whether COS still knows the upload; undefined when ListParts is not permitted or fails. */
async function isOpen({ target, uploadId, signal }: LookTarget): Promise<boolean | undefined> {
  try {
    for await (const _part of target.listParts(uploadId, signal)) return true;
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    if (isNoSuchUpload(error)) return false;
    return undefined;
  }
}

export function outcomeUnknown(message: string, cause: unknown): CosError {
  return new CosError(message, {
    code: "outcome-unknown",
    retryable: false,
    cause,
    hint: "HEAD the key: if its CRC64 and headers are those of this upload, the object is stored; otherwise upload again",
  });
}
