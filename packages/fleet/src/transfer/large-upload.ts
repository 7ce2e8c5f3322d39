import type { ManifestEntry } from "../manifest/entry.ts";
import { withSourceHeaders } from "./copied-headers.ts";
import { isNoSuchUpload } from "./list-parts.ts";
import { initialHeadersOf, objectOf } from "./object-parameters.ts";
import type { SourceFacts, TransferContext } from "./types.ts";

/**
 * Begins the multipart upload of a large object. When its response is lost, COS may have begun one that nobody knows:
 * {@link openUploads} finds it.
 * @param facts of its source: a copy that asks for no headers gets those of its source
 * @returns the id of the upload
 * @throws {TransferError} {@link CosError}
 */
export async function initiateLarge(
  context: TransferContext,
  entry: ManifestEntry,
  facts: SourceFacts,
): Promise<string> {
  const asked = await withSourceHeaders(context, entry, facts);
  const parameters = { ...objectOf(context, entry), ...initialHeadersOf(asked) };
  return (await context.cos.createMultipartUpload(parameters)).UploadId;
}

/** Aborts the upload of a large object: COS deletes its parts. Succeeds too when COS does not know it. */
export async function abortLarge(
  context: TransferContext,
  { entry, uploadId }: { readonly entry: ManifestEntry; readonly uploadId: string },
): Promise<void> {
  await context.cos
    .abortMultipartUpload({ ...objectOf(context, entry), UploadId: uploadId })
    .catch((error: unknown) => {
      if (!isNoSuchUpload(error)) throw error;
    });
}

/** An unfinished upload. */
export interface OpenUpload {
  /** Its id. */
  readonly uploadId: string;
  /** When it was begun, as COS says it. */
  readonly initiated: string;
}

/** All unfinished uploads of a key, also those that other programs have begun. */
export async function openUploads(context: TransferContext, key: string): Promise<OpenUpload[]> {
  const found: OpenUpload[] = [];
  const { bucket, cos, signal } = context;
  for await (const { Key, UploadId, Initiated } of cos.eachMultipartUpload({
    Bucket: bucket,
    Prefix: key,
    signal,
  })) {
    if (Key === key) found.push({ uploadId: UploadId, initiated: Initiated });
  }
  return found;
}
