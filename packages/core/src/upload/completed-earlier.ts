import { ServiceError } from "../errors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type ExistingObject, holdsBytesOf } from "./identical-object.ts";
import { outcomeUnknown } from "./resolve-complete.ts";
import { afterCheckpointGone, forbidsOverwrite } from "./resolve-outcome.ts";
import type { ResumeContext } from "./resume-context.ts";
import { compareStoredHeaders } from "./stored-headers.ts";

/** An earlier call had completed the checkpoint's upload, but never received the response or ended after it. */
export interface CompletedEarlier {
  readonly completed: ExistingObject;
  readonly uploadId: string;
  readonly partCount: number;
}

/**
 * COS no longer knows the checkpoint's upload: it was aborted, it expired, or it was completed and the process ended
 * before it received the response. The object at the key counts as this upload's result when it has exactly these
 * bytes, in exactly so many parts, and has everything that is requested now.
 * @throws {CosError} `outcome-unknown` under ForbidOverwrite, when an equal object may be another writer's
 */
export async function findCompletedEarlier(
  { target, source, core, options, signal }: ResumeContext,
  checkpoint: Checkpoint,
): Promise<CompletedEarlier | undefined> {
  // A stream cannot be read to be compared, and no ContentMD5 is checked here.
  if (checkpoint.size === null || options.contentMd5 !== undefined) return undefined;
  const partCount = core.partCount(checkpoint.size, checkpoint.partSize);
  const object = await target.head(signal).catch((error: unknown) => {
    // Without the permission to HEAD, a new upload begins.
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
      "COS no longer knows the checkpoint's upload, and the equal object at the key may be another writer's",
      undefined,
    );
  }
  if (decision === "begin-again") return undefined;
  return { completed: object, uploadId: checkpoint.UploadId, partCount };
}
