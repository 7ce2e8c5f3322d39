import type { Part } from "@cosup/node";
import { TransferError } from "../errors.ts";
import { objectOf } from "./object-parameters.ts";
import type { LargeUpload, PartRange, PartResult, TransferContext } from "./types.ts";

/** The parts of a range that COS holds, by their numbers. Of a small range, one request. */
export async function listedParts(
  context: TransferContext,
  { entry, uploadId }: Pick<LargeUpload, "entry" | "uploadId">,
  { from, to }: PartRange,
): Promise<Map<number, Part>> {
  const parts = new Map<number, Part>();
  const page = { PartNumberMarker: from - 1, MaxParts: Math.min(to - from + 1, 1000) };
  const listing = context.cos.eachPart({ ...objectOf(context, entry), UploadId: uploadId, ...page });
  for await (const part of listing) {
    if (part.PartNumber > to) break;
    parts.set(part.PartNumber, part);
    if (part.PartNumber === to) break;
  }
  return parts;
}

/** Whether COS holds this part, and not another one of its number. */
export function isListed({ etag, size }: PartResult, listed: Part | undefined): boolean {
  return listed !== undefined && bare(listed.ETag) === bare(etag) && listed.Size === size;
}

/** An ETag without its quotes. */
export function bare(etag: string): string {
  return etag.replace(/^"(.*)"$/, "$1");
}

/** Whether COS does not know the upload: it was completed, aborted, or it expired. */
export function isNoSuchUpload(error: unknown): boolean {
  return (error as { readonly cosCode?: unknown } | undefined)?.cosCode === "NoSuchUpload";
}

/** Names what it means for an entry that COS does not know its upload; other errors stay as they are. */
export function withUploadGone(error: unknown): unknown {
  if (!isNoSuchUpload(error)) return error;
  return new TransferError("COS no longer knows the upload: it was completed, aborted, or it expired", {
    code: "upload-gone",
    retryable: true,
    hint: "upload the object again",
    cause: error,
  });
}
