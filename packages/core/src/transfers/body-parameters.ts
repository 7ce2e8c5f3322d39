/** What every upload of bytes takes. */
export interface BodyParameters {
  /**
   * Send the Content-MD5 of every part, so that COS checks it; default false, because parts are verified by CRC64 before
   * the object is published. One PUT always has it: COS must refuse wrong bytes before they replace the old object.
   */
  readonly EnableMD5?: boolean | undefined;
  /** Bytes of a stream, when they are known. A stream of another length fails the upload (`source-length`). */
  readonly ContentLength?: number | string | undefined;
  /**
   * Base64 MD5 of the whole body, when it is known. A body with another one is not published: an IntegrityError
   * (`integrity`, not retryable) as soon as all bytes were read.
   */
  readonly ContentMD5?: string | undefined;
  /** bit/s for each request, 819 200 to 838 860 800 (100 KB/s to 100 MB/s). */
  readonly TrafficLimit?: number | string | undefined;
  /**
   * Milliseconds without a byte after which a stream fails with a SourceError (`source-unreadable`), also before its first
   * byte; at least 1. It is noticed at most a quarter of that time later. Default: no limit. A silent stream keeps no memory
   * that another upload waits for.
   */
  readonly sourceIdleMs?: number | undefined;
}

/** `sourceIdleMs` as a number: a string of digits is accepted too. */
export function sourceIdleMsOf({ sourceIdleMs }: Pick<BodyParameters, "sourceIdleMs">): number | undefined {
  return sourceIdleMs === undefined ? undefined : Number(sourceIdleMs);
}

/** `ContentLength` as a number: a string of digits is accepted too. */
export function contentLengthOf({
  ContentLength,
}: Pick<BodyParameters, "ContentLength">): number | undefined {
  return ContentLength === undefined ? undefined : Number(ContentLength);
}
