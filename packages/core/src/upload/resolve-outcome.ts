// What follows a lost response that may not simply be repeated (`http/outcome.ts` says when it may): decisions alone,
// carried out by `put-with-outcome-check.ts` and `resolve-complete.ts`.
import { CosError, IntegrityError, ServiceError } from "../errors.ts";
import { outcomeOf } from "../http/outcome.ts";
import { compareStoredHeaders } from "./stored-headers.ts";
import type { StoredObject } from "./target.ts";

/** What this upload would publish. */
export interface Wanted {
  readonly size: number;
  readonly crc64: bigint;
  /** All headers of the upload, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The object at the key according to HEAD, compared with what this upload publishes:
 * - `none`: there is no object;
 * - `other`: the bytes or a visible header differ;
 * - `unverifiable`: COS gave no CRC64;
 * - `equal-so-far`: all that HEAD shows is equal, but the upload requests what HEAD cannot show (ACL, tags);
 * - `equal`: the object has everything that the upload requests.
 */
export type FoundAtKey = "none" | "other" | "unverifiable" | "equal-so-far" | "equal";

/** Compares the object that HEAD found with what this upload publishes. An equal object may be another writer's. */
export function compareFound(
  object: (StoredObject & { readonly size: number }) | undefined,
  wanted: Wanted,
): FoundAtKey {
  if (object === undefined) return "none";
  if (object.size !== wanted.size) return "other";
  const { visibleEqual, invisible } = compareStoredHeaders(object.headers, wanted.headers, true);
  if (!visibleEqual) return "other";
  if (object.crc64 === undefined) return "unverifiable";
  if (object.crc64 !== wanted.crc64) return "other";
  return invisible.length > 0 ? "equal-so-far" : "equal";
}

/** Whether the upload must not replace an object: then only an object that this call itself published is a success. */
export function forbidsOverwrite(headers: Readonly<Record<string, string>>): boolean {
  return headers["x-cos-forbid-overwrite"] === "true";
}

/** COS refused because the key exists and the call set ForbidOverwrite. */
export function isOverwriteRefused(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.cosCode === "FileAlreadyExists";
}

function hasCosCode(error: unknown, cosCode: string): boolean {
  return error instanceof ServiceError && error.cosCode === cosCode;
}

/** COS does not know the upload: it was completed, aborted, or it expired. */
export function isNoSuchUpload(error: unknown): boolean {
  return hasCosCode(error, "NoSuchUpload");
}

/** The state of a call after a Complete that failed. */
export interface CompleteState {
  /** Whether COS may have executed this or an earlier Complete of the call. */
  readonly doubtful: boolean;
  readonly next: "fail" | "repeat" | "look";
}

/**
 * Decides what follows a failed Complete. When COS has certainly not executed it, it is repeated if the failure is
 * retryable; otherwise the call looks first at what COS holds.
 * @param doubtful whether COS may have executed an earlier Complete of this call
 */
export function afterComplete(failure: CosError, doubtful: boolean, lastRound: boolean): CompleteState {
  // UploadConflict: COS is executing another Complete of this upload, an earlier one of ours or of a killed process.
  const inDoubt = doubtful || outcomeOf(failure) === "unknown" || hasCosCode(failure, "UploadConflict");
  if (inDoubt || isNoSuchUpload(failure)) return { doubtful: inDoubt, next: "look" };
  return { doubtful: false, next: failure.retryable && !lastRound ? "repeat" : "fail" };
}

/** What a call has found out after a Complete that failed. */
export interface Look {
  /** Whether COS still knows the upload; undefined: ListParts is not permitted. */
  readonly open: boolean | undefined;
  /** What is at the key; undefined before HEAD was sent. */
  readonly found: FoundAtKey | undefined;
}

export interface LookContext {
  readonly failure: CosError;
  /** Whether COS may have executed a Complete of this call. */
  readonly doubtful: boolean;
  readonly forbidOverwrite: boolean;
  readonly lastRound: boolean;
}

/**
 * Decides the result of a failed Complete by what the call has found out.
 * - `published`: the object at the key has everything that was requested;
 * - `repeat`: Complete can be sent again;
 * - `fail`: the failure itself is the result;
 * - `unknown`: COS does not show whether the object was published.
 */
export function afterLook(
  { open, found }: Look,
  { failure, doubtful, forbidOverwrite, lastRound }: LookContext,
): "published" | "repeat" | "fail" | "unknown" {
  const refused = isOverwriteRefused(failure);
  if (open === true) {
    // COS has executed no Complete of this upload so far.
    if (refused) return "fail";
    if (!lastRound) return "repeat";
    return hasCosCode(failure, "UploadConflict") ? "unknown" : "fail";
  }
  // Without ListParts, another Complete shows it: it succeeds, or COS no longer knows the upload.
  if (open === undefined && !lastRound && !refused) return "repeat";
  if (found === "equal" && !forbidOverwrite) return "published";
  if (!doubtful) return "fail";
  // Under ForbidOverwrite another writer's object is a plain conflict. An equal one may be this call's own.
  return refused && found === "other" ? "fail" : "unknown";
}

/**
 * Decides what follows a PUT under ForbidOverwrite that failed after all its attempts.
 * - `fail`: the failure itself is the result;
 * - `look`: COS refused this attempt, perhaps because of what an earlier one stored;
 * - `unknown`: COS may have stored the object, and would then refuse the same call.
 * @param mayBeStored whether an earlier attempt may have stored the object
 */
export function afterFailedPut(failure: unknown, mayBeStored: boolean): "fail" | "look" | "unknown" {
  if (failure instanceof IntegrityError) return "fail";
  if (outcomeOf(failure) === "unknown") return "unknown";
  return mayBeStored ? "look" : "fail";
}

/**
 * Decides the result of a PUT under ForbidOverwrite that was refused, and of which an earlier attempt may have succeeded.
 * @param confirmed whether COS confirmed an earlier PUT of this call
 */
export function afterRefusedPut(
  failure: unknown,
  found: FoundAtKey,
  confirmed: boolean,
): "published" | "fail" | "unknown" {
  if (confirmed && (found === "equal" || found === "equal-so-far")) return "published";
  if (found === "other") return "fail";
  // The object because of which COS refused it, perhaps this call's own, has been deleted since.
  if (found === "none") return isOverwriteRefused(failure) ? "unknown" : "fail";
  return "unknown";
}

/**
 * Decides what to do when COS no longer knows the upload of a checkpoint.
 * @param found what is at the key; an object with another number of parts counts as `other`
 */
export function afterCheckpointGone(
  found: FoundAtKey,
  forbidOverwrite: boolean,
): "completed" | "begin-again" | "unknown" {
  if (found !== "equal" && found !== "equal-so-far") return "begin-again";
  if (forbidOverwrite) return "unknown";
  // It is uncertain whether the object has what HEAD cannot show: it is uploaded again.
  return found === "equal" ? "completed" : "begin-again";
}

/**
 * Decides what to do with an upload that failed and that no checkpoint names.
 * - `abort`: no later call would find its parts;
 * - `leave`: COS may still be executing its Complete;
 * - `gone`: COS does not know it.
 */
export function afterFailedUpload(failure: unknown): "abort" | "leave" | "gone" {
  if (isNoSuchUpload(failure)) return "gone";
  return failure instanceof CosError && failure.code === "outcome-unknown" ? "leave" : "abort";
}

/**
 * Whether the outcome of an upload is unknown after it failed and the call tried to abort it: COS may have executed a
 * doubtful Complete meanwhile, unless it aborted the upload.
 * @param doubtful whether COS may have executed a Complete of this call
 */
export function isUnknownAfterAbort(
  aborted: "aborted" | "unknown upload" | "left behind",
  failure: unknown,
  doubtful: boolean,
): boolean {
  return doubtful && aborted !== "aborted" && !(failure instanceof IntegrityError);
}
