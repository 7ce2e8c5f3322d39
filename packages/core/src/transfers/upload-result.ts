import type { CosResult } from "../requests/result.ts";

/** An object that is stored, and proven to be what was sent. */
export interface UploadResult extends CosResult {
  /** BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** With its quotes; the MD5 of the object only when it went up in one PUT. */
  readonly ETag: string;
  /** The object's URL: as COS gives it after a multipart upload, otherwise made of the endpoint and the key. */
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
