import { IntegrityError, type WorkersCosClient } from "@cosup/workers";
import { combinedCrc64 } from "./crc64.ts";
import { isNotFound } from "./failures.ts";
import type { SentPart } from "./large-object-ledger.ts";

/** The object of COS. */
export interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

/** The unfinished uploads of exactly this key. */
export async function unfinishedUploads(cos: WorkersCosClient, { Bucket, Key }: Target): Promise<string[]> {
  const ids: string[] = [];
  for await (const upload of cos.eachMultipartUpload({ Bucket, Prefix: Key })) {
    if (upload.Key === Key) ids.push(upload.UploadId);
  }
  return ids;
}

/** Aborts an upload. One that COS does not know any more is no error. */
export async function abortUpload(cos: WorkersCosClient, target: Target, UploadId: string): Promise<void> {
  try {
    await cos.abortMultipartUpload({ ...target, UploadId });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/**
 * Completes an upload, and compares the CRC64 of the object with that combined of its parts.
 * @param parts all parts in order
 * @param tried whether an earlier attempt may have completed it
 * @returns the CRC64 of the object
 * @throws {IntegrityError} COS holds other bytes
 * @throws {CosError} `not-found`: COS has neither the upload nor the object
 */
export async function completeVerified(
  cos: WorkersCosClient,
  target: Target,
  UploadId: string,
  parts: readonly SentPart[],
  tried: boolean,
): Promise<string> {
  const expected = combinedCrc64(parts);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (tried && (await isThere(cos, target, size, expected))) {
    // An older copy of the same bytes leaves the upload unfinished.
    await abortUpload(cos, target, UploadId);
    return expected;
  }
  const Part = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }));
  const { crc64 } = await cos.completeMultipartUpload({ ...target, UploadId, MultipartUpload: { Part } });
  const actual = crc64 ?? (await cos.headObject(target)).crc64 ?? "";
  if (actual !== expected) {
    const details = { expected, actual };
    throw new IntegrityError("COS holds other bytes than its parts had", details, { retryable: false });
  }
  return expected;
}

async function isThere(cos: WorkersCosClient, target: Target, size: number, crc64: string): Promise<boolean> {
  try {
    const object = await cos.headObject(target);
    return object.ContentLength === size && object.crc64 === crc64;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
