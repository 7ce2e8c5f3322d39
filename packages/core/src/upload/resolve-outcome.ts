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
 * What HEAD says of the key, compared with what this upload would publish:
 * - `none`: there is no object;
 * - `other`: the bytes or a visible header differ;
 * - `unverifiable`: COS gave no CRC64;
 * - `equal-so-far`: all that HEAD shows is equal, but the upload asks for what HEAD cannot show (ACL, tags);
 * - `equal`: the object carries everything that the upload asks for.
 */
export type FoundAtKey = "none" | "other" | "unverifiable" | "equal-so-far" | "equal";

/** Compares what HEAD found with what was to be published. Equality never says who published the object. */
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

/** Whether the upload must not replace an object: then only an object that this very call published is a success. */
export function forbidsOverwrite(headers: Readonly<Record<string, string>>): boolean {
  return headers["x-cos-forbid-overwrite"] === "true";
}

/** Refused because the key exists and ForbidOverwrite was asked for. */
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

/** What a call knows after a Complete that failed. */
export interface CompleteState {
  /** Whether this or an earlier Complete of the call may have been carried out. */
  readonly doubtful: boolean;
  readonly next: "fail" | "repeat" | "look";
}

/**
 * Decides what follows a failed Complete. Without doubt it is repeated when that is worth while; in doubt, COS is asked
 * what became of it before anything is sent.
 * @param doubtful whether an earlier Complete of this call may have been carried out
 */
export function afterComplete(failure: CosError, doubtful: boolean, lastRound: boolean): CompleteState {
  // UploadConflict: another Complete of this upload is being carried out, an earlier one of ours or of a killed process.
  const inDoubt = doubtful || outcomeOf(failure) === "unknown" || hasCosCode(failure, "UploadConflict");
  if (inDoubt || isNoSuchUpload(failure)) return { doubtful: inDoubt, next: "look" };
  return { doubtful: false, next: failure.retryable && !lastRound ? "repeat" : "fail" };
}

/** What COS was found to hold after a Complete that failed. */
export interface Look {
  /** Whether COS still knows the upload; undefined: ListParts is not permitted. */
  readonly open: boolean | undefined;
  /** What is at the key; undefined while it has not been asked for. */
  readonly found: FoundAtKey | undefined;
}

export interface LookContext {
  readonly failure: CosError;
  /** Whether a Complete of this call may have been carried out. */
  readonly doubtful: boolean;
  readonly forbidOverwrite: boolean;
  readonly lastRound: boolean;
}

/**
 * Decides what a look after a failed Complete means.
 * - `published`: the object at the key carries everything that was asked for;
 * - `repeat`: Complete can be sent again;
 * - `fail`: the failure itself is the result;
 * - `unknown`: nobody can tell.
 */
export function afterLook(
  { open, found }: Look,
  { failure, doubtful, forbidOverwrite, lastRound }: LookContext,
): "published" | "repeat" | "fail" | "unknown" {
  const refused = isOverwriteRefused(failure);
  if (open === true) {
    // COS has carried out no Complete of this upload so far.
    if (refused) return "fail";
    if (!lastRound) return "repeat";
    return hasCosCode(failure, "UploadConflict") ? "unknown" : "fail";
  }
  // Without ListParts, sending Complete again is what tells: it succeeds, or COS no longer knows the upload.
  if (open === undefined && !lastRound && !refused) return "repeat";
  if (found === "equal" && !forbidOverwrite) return "published";
  if (!doubtful) return "fail";
  // Under ForbidOverwrite another writer's object is a plain conflict. An equal one may be this call's own.
  return refused && found === "other" ? "fail" : "unknown";
}

/**
 * Decides what the object at the key means for a PUT under ForbidOverwrite that was refused after it had been sent before.
 * @param confirmed whether COS confirmed an earlier PUT of this call
 */
export function afterRefusedPut(
  failure: unknown,
  found: FoundAtKey,
  confirmed: boolean,
): "published" | "fail" | "unknown" {
  if (confirmed && (found === "equal" || found === "equal-so-far")) return "published";
  if (found === "other") return "fail";
  // The object for which COS refused it, this call's own perhaps, is gone again.
  if (found === "none") return isOverwriteRefused(failure) ? "unknown" : "fail";
  return "unknown";
}

/**
 * Decides what the object at the key means when COS no longer knows the upload of a checkpoint.
 * @param found what is at the key; an object with another number of parts counts as `other`
 */
export function afterCheckpointGone(
  found: FoundAtKey,
  forbidOverwrite: boolean,
): "completed" | "begin-again" | "unknown" {
  if (found !== "equal" && found !== "equal-so-far") return "begin-again";
  if (forbidOverwrite) return "unknown";
  // What HEAD cannot show cannot be taken for done: the object is uploaded again.
  return found === "equal" ? "completed" : "begin-again";
}

/**
 * Decides what is done with an upload that failed and that no checkpoint names.
 * - `abort`: nobody could find its parts;
 * - `leave`: COS may still be carrying out its Complete;
 * - `gone`: COS does not know it.
 */
export function afterFailedUpload(failure: unknown): "abort" | "leave" | "gone" {
  if (isNoSuchUpload(failure)) return "gone";
  return failure instanceof CosError && failure.code === "outcome-unknown" ? "leave" : "abort";
}

/**
 * Whether the outcome of an upload is unknown after it failed and was to be aborted: a Complete that was doubtful may have
 * been carried out meanwhile, unless COS aborted the upload.
 * @param doubtful whether a Complete of this call may have been carried out
 */
export function isUnknownAfterAbort(
  aborted: "aborted" | "unknown upload" | "left behind",
  failure: unknown,
  doubtful: boolean,
): boolean {
  return doubtful && aborted !== "aborted" && !(failure instanceof IntegrityError);
}
