/** Names one object. */
export interface ObjectParameters {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** 1 to 850 bytes of UTF-8. */
  readonly Key: string;
  /** Stops the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
