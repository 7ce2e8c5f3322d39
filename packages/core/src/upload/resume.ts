import type { DigestCore } from "../digest/digest-core.ts";
import { CheckpointError, CosError, ServiceError, TransportError } from "../errors.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import type { Clock } from "../runtime/clock.ts";
import { messageOf } from "../text/message-of.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { keptHeaders } from "./checkpoint-codec.ts";
import { type ExistingObject, holdsBytesOf } from "./identical-object.ts";
import type { UploadOptions } from "./options.ts";
import { MAX_PARTS, type Plan, type StreamPlan } from "./plan.ts";
import { outcomeUnknown } from "./resolve-complete.ts";
import { afterCheckpointGone, forbidsOverwrite } from "./resolve-outcome.ts";
import { compareStoredHeaders, isStoredHeader } from "./stored-headers.ts";
import { listStored, type StoredPart } from "./stored-parts.ts";
import type { UploadTarget } from "./target.ts";

/** An upload to go on with, and what COS holds of it. */
export interface Resumable {
  readonly uploadId: string;
  readonly partSize: number;
  readonly stored: ReadonlyMap<number, StoredPart>;
  readonly checkpoint: Checkpoint | undefined;
}

/** The checkpoint's upload had been completed already: its answer, or what followed it, was lost. */
export interface CompletedEarlier {
  readonly completed: ExistingObject;
  readonly uploadId: string;
  readonly partCount: number;
}

/** What the search for an upload to go on with needs. */
export interface ResumeContext {
  readonly target: UploadTarget;
  readonly source: ByteSource;
  readonly core: DigestCore;
  readonly options: UploadOptions;
  readonly plan: Plan | StreamPlan;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Finds the upload to go on with: the checkpoint's own, or (only with `resume: "server"`) the newest unfinished
 * one of the key. A checkpoint that does not fit is given up, its upload aborted: nothing is left behind.
 */
export async function findResumable(
  context: ResumeContext,
  checkpoint: Checkpoint | undefined,
): Promise<Resumable | CompletedEarlier | undefined> {
  const { target, options, plan, signal } = context;
  if (checkpoint !== undefined) {
    const misfit = options.resume === "off" ? "resume is off" : whyIncompatible(checkpoint, options, plan);
    if (misfit === undefined) {
      const stored = await listPartsIfUploadExists(target, checkpoint.UploadId, checkpoint, signal, options);
      if (stored !== undefined) {
        return { uploadId: checkpoint.UploadId, partSize: checkpoint.partSize, stored, checkpoint };
      }
      const completed = await completedEarlier(context, checkpoint);
      if (completed !== undefined) return completed;
    } else if (options.resume === "require") {
      throw new CheckpointError(`the upload cannot be resumed: ${misfit}`, "checkpoint-unusable");
    } else {
      warn(options, "resume-discarded", `the earlier upload is given up: ${misfit}`, checkpoint.UploadId);
      await discard(target, checkpoint.UploadId, options, context.clock);
    }
  }
  if (options.resume === "require") {
    throw new CheckpointError(
      "there is no upload to resume",
      "checkpoint-unusable",
      undefined,
      "use resume: 'auto' to begin anew",
    );
  }
  return options.resume === "server" ? adoptServerUpload(target, options, plan, signal) : undefined;
}

/**
 * COS no longer knows the checkpoint's upload: it was aborted, it expired, or it was completed and the process ended
 * before it received the response. The object at the key is taken for this upload's result when it has exactly these
 * bytes, in exactly so many parts, and carries everything that is asked for now.
 * @throws {CosError} `outcome-unknown` under ForbidOverwrite, when an equal object may be another writer's
 */
async function completedEarlier(
  { target, source, core, options, signal }: ResumeContext,
  checkpoint: Checkpoint,
): Promise<CompletedEarlier | undefined> {
  // A stream cannot be read to be compared, and no ContentMD5 is checked here.
  if (checkpoint.size === null || options.contentMd5 !== undefined) return undefined;
  const partCount = core.partCount(checkpoint.size, checkpoint.partSize);
  const object = await target.head(signal).catch((error: unknown) => {
    // Without the right to look, the upload begins again.
    if (error instanceof ServiceError && error.code === "access-denied") return undefined;
    throw error;
  });
  // The ETag of a multipart object ends in the number of its parts.
  if (object === undefined || !object.etag.endsWith(`-${partCount}`)) return undefined;
  const { visibleEqual, invisible } = compareStoredHeaders(object.headers, options.headers, true);
  if (!visibleEqual || !(await holdsBytesOf(object, source, core, signal))) return undefined;
  const found = invisible.length > 0 ? "equal-so-far" : "equal";
  const decision = afterCheckpointGone(found, forbidsOverwrite(options.headers));
  if (decision === "unknown") {
    throw outcomeUnknown(
      "COS no longer knows the checkpoint's upload, and the equal object at the key may be its result or another writer's",
      undefined,
    );
  }
  if (decision === "begin-again") return undefined;
  return { completed: object, uploadId: checkpoint.UploadId, partCount };
}

/** Why a checkpoint's upload cannot become this one; undefined when it can. */
export function whyIncompatible(
  checkpoint: Checkpoint,
  options: UploadOptions,
  plan: Plan | StreamPlan,
): string | undefined {
  if (checkpoint.size !== (plan.size ?? null)) {
    return `the source has ${plan.size ?? "unknown many"} bytes now, ${checkpoint.size ?? "unknown many"} then`;
  }
  if (JSON.stringify(sorted(askedOf(checkpoint, options))) !== JSON.stringify(sorted(options.headers))) {
    return "the object's headers are others now";
  }
  if (checkpoint.size !== null && Math.ceil(checkpoint.size / checkpoint.partSize) > MAX_PARTS)
    return "its parts are too small";
  return undefined;
}

/** A checkpoint's headers without a type that is merely inferred now, and was perhaps asked for then. */
function askedOf(
  { headers }: Checkpoint,
  { headers: wanted, inferredType }: UploadOptions,
): Readonly<Record<string, string>> {
  const { "content-type": type, ...others } = headers;
  const merelyInferred = wanted["content-type"] === undefined && type === inferredType;
  return merelyInferred ? others : headers;
}

async function listPartsIfUploadExists(
  target: UploadTarget,
  uploadId: string,
  checkpoint: Checkpoint | undefined,
  signal: AbortSignal,
  options: UploadOptions,
): Promise<Map<number, StoredPart> | undefined> {
  try {
    return await listStored(target, uploadId, checkpoint, signal);
  } catch (error) {
    if (error instanceof ServiceError && error.cosCode === "NoSuchUpload") return undefined;
    if (!(error instanceof CosError) || error.code !== "access-denied") throw error;
    // Without the right to list, nothing stored can be checked: every part is sent again, into the same upload.
    warn(
      options,
      "resume-discarded",
      "ListParts is not permitted: what COS holds cannot be checked and is sent again",
    );
    return new Map();
  }
}

/**
 * Adopts the newest unfinished upload of the key. COS shows no headers of an unfinished upload, so an upload that asks
 * for any cannot adopt one: its object would be stored with another's ACL, type or class.
 */
async function adoptServerUpload(
  target: UploadTarget,
  options: UploadOptions,
  plan: Plan | StreamPlan,
  signal: AbortSignal,
): Promise<Resumable | undefined> {
  // Nothing tells how an upload of a stream was cut.
  if (plan.size === undefined) return undefined;
  const asked = Object.keys(options.headers).filter((name) => isStoredHeader(name, options.headers[name]));
  if (asked.length > 0) {
    const names = asked.join(", ");
    warn(options, "resume-discarded", `no unfinished upload can be adopted: COS does not show its ${names}`);
    return undefined;
  }
  for (const uploadId of await target.unfinished(signal)) {
    const stored = await listPartsIfUploadExists(target, uploadId, undefined, signal, options);
    if (stored === undefined) continue;
    const fits = [...stored.values()].every(
      ({ partNumber, size }) => partNumber <= plan.partCount && size === lengthIn(plan, partNumber),
    );
    if (!fits) continue;
    warn(
      options,
      "upload-adopted",
      `upload ${uploadId} is adopted: the object keeps the headers and the ACL that it was begun with`,
      uploadId,
    );
    return { uploadId, partSize: plan.partSize, stored, checkpoint: undefined };
  }
  return undefined;
}

function lengthIn(plan: Plan, partNumber: number): number {
  return Math.min(plan.partSize, plan.size - (partNumber - 1) * plan.partSize);
}

/** A caller who gave up, or whose network is gone, does not wait longer than this for the tidying up. */
const DISCARD_MS = 10_000;

/** What became of an upload that was to be aborted; `unknown upload`: COS knows it no longer. */
export type Discarded = "aborted" | "unknown upload" | "left behind";

/** Aborts an upload of ours that nobody needs. Failing to is reported, not fatal: it costs storage, not data. */
export async function discard(
  target: Pick<UploadTarget, "abort">,
  uploadId: string,
  options: Pick<UploadOptions, "onWarning">,
  clock: Clock,
): Promise<Discarded> {
  const limit = new AbortController();
  const cancel = clock.timer(DISCARD_MS, () => {
    limit.abort(
      new TransportError(`abortMultipartUpload: no answer within ${DISCARD_MS / 1000} s`, "timeout"),
    );
  });
  try {
    await target.abort(uploadId, limit.signal);
    return "aborted";
  } catch (error) {
    if (error instanceof ServiceError && error.cosCode === "NoSuchUpload") return "unknown upload";
    warn(
      options,
      "orphan-upload",
      `upload ${uploadId} could not be aborted (${messageOf(error)}); abort it later`,
      uploadId,
    );
    return "left behind";
  } finally {
    cancel();
  }
}

function warn(
  options: Pick<UploadOptions, "onWarning">,
  code: Parameters<NonNullable<UploadOptions["onWarning"]>>[0]["code"],
  message: string,
  uploadId?: string,
): void {
  options.onWarning?.({ code, message, uploadId });
}

function sorted(headers: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(keptHeaders(headers)).sort(([a], [b]) => (a < b ? -1 : 1));
}
