import type { Endpoint } from "../http/endpoint.ts";
import type { CosResult } from "../requests/cos-result.ts";
import type { Uploaded } from "../upload/uploaded.ts";
import type { Skipped } from "./skip-existing.ts";

/** An object that is stored, and verified to be what was sent. */
export interface UploadResult extends CosResult {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** With its quotes; the MD5 of the object only when it went up in one PUT. */
  readonly ETag: string;
  /** The object's URL: as COS returns it after a multipart upload, otherwise made of the endpoint and the key. */
  readonly Location: string;
  /**
   * CRC64-ECMA of the whole object as unsigned decimal: computed here, and equal to what COS computed. Empty only
   * when `skip: "exists"` found an object that has none.
   */
  readonly crc64: string;
  /** Bytes of the object. */
  readonly size: number;
  /** Undefined when one PUT was enough. */
  readonly UploadId: string | undefined;
  /** Requests that carried bytes: parts, or the one PUT. */
  readonly partsSent: number;
  /** True when `skip` found the object there: nothing was sent. */
  readonly skipped: boolean;
  /**
   * Parts that COS held from an earlier attempt, each compared with the local bytes. Those of a source that cannot
   * change (an R2 object) are compared with the checkpoint, and not read again.
   */
  readonly partsResumed: number;
}

/** Formats what an upload, or the search for an existing object, has found. */
export function uploadResult(
  endpoint: Endpoint,
  { Bucket, Key }: { readonly Bucket: string; readonly Key: string },
  uploaded: Uploaded,
  skipped: Skipped | undefined,
): UploadResult {
  return {
    Bucket,
    Key,
    ETag: `"${uploaded.etag}"`,
    Location: uploaded.location || endpoint.address(Bucket, Key, [], false).url,
    crc64: skipped?.unverified === true ? "" : String(uploaded.crc64),
    size: uploaded.size,
    UploadId: uploaded.uploadId,
    partsSent: uploaded.partsSent,
    partsResumed: uploaded.partsResumed,
    skipped: skipped !== undefined,
    requestId: uploaded.requestId,
    versionId: uploaded.versionId,
    headers: uploaded.headers,
  };
}
