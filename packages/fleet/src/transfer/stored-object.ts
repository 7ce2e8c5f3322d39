import { isCosError } from "@cosup/node";
import type { TransferContext } from "./types.ts";

/** Size and checksum of an object. */
export interface StoredObject {
  readonly size: number;
  readonly crc64: string;
}

/** An object at a key, as HEAD describes it. */
export interface FoundObject {
  readonly size: number;
  /** Undefined for an object older than the checksums of COS. */
  readonly crc64: string | undefined;
  readonly etag: string;
  readonly versionId: string | undefined;
  /** Of the response, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is at a key; undefined: nothing. */
export async function findStored(
  { cos, bucket, signal }: TransferContext,
  key: string,
): Promise<FoundObject | undefined> {
  try {
    const object = await cos.headObject({ Bucket: bucket, Key: key, signal });
    const { ContentLength, crc64, ETag, versionId, headers } = object;
    return { size: ContentLength, crc64, etag: ETag, versionId, headers };
  } catch (error) {
    if (isCosError(error) && error.code === "not-found") return undefined;
    throw error;
  }
}
