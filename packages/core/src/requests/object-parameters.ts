import type { CallOptions } from "../params/call-options.ts";

/** Names one object. */
export interface ObjectParameters extends CallOptions {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** 1 to 850 bytes of UTF-8. */
  readonly Key: string;
}
