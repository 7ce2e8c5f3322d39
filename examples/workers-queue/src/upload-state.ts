import type { LargeResult, LargeSource, PartRange } from "./large-object-ledger.ts";

/** The upload of one version of a large object. */
export interface Upload extends LargeSource {
  readonly state: "beginning" | "sending" | "completing" | "done" | "failed";
  /** Unfinished uploads of the key before this one was begun. They are not ours. */
  readonly others: readonly string[];
  /** Set as soon as COS has told it. Until then, COS may have an upload that is none of the others. */
  readonly uploadId?: string;
  /** Whether the upload in COS is over: completed, aborted or never begun. */
  readonly ended?: boolean;
  /** Whether the part ranges have been sent as messages. */
  readonly announced?: boolean;
  readonly crc64?: string;
  readonly error?: string;
}

/** An upload that is not begun yet. */
export function newUpload(source: LargeSource, others: readonly string[]): Upload {
  const { key, targetKey, etag, size, partSize } = source;
  return { key, targetKey, etag, size, partSize, others, state: "beginning" };
}

/** How it ended; undefined while it is under way. */
export function resultOf({ state, crc64 = "", error = "" }: Upload): LargeResult | undefined {
  if (state === "done") return { state, crc64 };
  return state === "failed" ? { state, error } : undefined;
}

/** Whether the upload is of the same version, and cut in the same way. */
export function isAbout(upload: Upload | undefined, range: Pick<PartRange, "etag" | "partSize">): boolean {
  return upload?.etag === range.etag && upload.partSize === range.partSize;
}

export function partCountOf({ size, partSize }: LargeSource): number {
  return Math.ceil(size / partSize);
}
