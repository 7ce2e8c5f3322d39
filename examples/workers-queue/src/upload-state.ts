import type { LargeResult, LargeSource, PartRange } from "./large-object-ledger.ts";
import type { UnsureUpload } from "./unsure.ts";

/** The upload of one version of a large object. */
export interface Upload extends LargeSource {
  readonly state: "beginning" | "sending" | "completing" | "done" | "failed";
  /** Of the move that began it. */
  readonly round: number;
  /** Unfinished uploads of the key before this one was begun. They are not ours. */
  readonly others: readonly string[];
  /** Whether COS may have been asked to begin it. Until there is an id, COS may have an upload that nobody knows. */
  readonly asked?: boolean;
  /** Set as soon as COS has told it. */
  readonly uploadId?: string;
  /** Set when the id of an earlier upload was lost: the unfinished uploads of the key before the first such one. */
  readonly beforeLost?: readonly string[];
  /** Whether the upload in COS is over: completed, aborted or never begun. */
  readonly ended?: boolean;
  /** Whether the part ranges have been sent as messages. */
  readonly announced?: boolean;
  readonly crc64?: string;
  readonly error?: string;
  /** What was found when it ended. */
  readonly unsure?: readonly UnsureUpload[];
}

/**
 * An upload that is not begun yet.
 * @param before the upload of the same key that ended before it
 */
export function newUpload(
  source: LargeSource,
  round: number,
  others: readonly string[],
  before?: Upload,
): Upload {
  const { key, targetKey, etag, size, partSize } = source;
  const upload: Upload = { key, targetKey, etag, size, partSize, round, others, state: "beginning" };
  const beforeLost = before && beforeLostOf(before);
  return beforeLost === undefined ? upload : { ...upload, beforeLost };
}

/** The uploads that are certainly none of those whose id was lost. Undefined: no id was lost. */
export function beforeLostOf({ beforeLost, asked, uploadId, others }: Upload): readonly string[] | undefined {
  return beforeLost ?? (asked === true && uploadId === undefined ? others : undefined);
}

/** How it ended; undefined while it is under way. */
export function resultOf(upload: Upload): LargeResult | undefined {
  const { state, crc64 = "", error = "", unsure = [] } = upload;
  if (state === "done") return { state, crc64, unsure };
  return state === "failed" ? { state, error, unsure } : undefined;
}

/** Whether the upload is of the same version, and cut in the same way. */
export function isAbout(upload: Upload | undefined, range: Pick<PartRange, "etag" | "partSize">): boolean {
  return upload?.etag === range.etag && upload.partSize === range.partSize;
}

export function partCountOf({ size, partSize }: LargeSource): number {
  return Math.ceil(size / partSize);
}
