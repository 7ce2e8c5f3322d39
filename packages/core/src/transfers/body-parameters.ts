/** What every upload of bytes takes. */
export interface BodyParameters {
  /**
   * Let COS check the Content-MD5 of every part too; default false: parts are verified by CRC64 before anything is
   * published. One PUT always carries it, because COS must refuse wrong bytes before they replace what the key held.
   */
  readonly EnableMD5?: boolean | undefined;
  /** Bytes of the body, when it is a stream and you know; a body of another length is refused. */
  readonly ContentLength?: number | string | undefined;
  /**
   * Base64 MD5 of the whole body as you know it. A body with another one is not published: an IntegrityError
   * (`integrity`, not retryable), as soon as all bytes were read.
   */
  readonly ContentMD5?: string | undefined;
  /** bit/s for each request, 819 200 to 838 860 800 (100 KB/s to 100 MB/s). */
  readonly TrafficLimit?: number | string | undefined;
  /**
   * Milliseconds after which a stream that gives no bytes fails with a SourceError (`source-unreadable`), its first byte
   * included; at least 1. It is noticed within a quarter of that time more. Default: no limit, because what a stream is
   * made of may take its time; a silent stream keeps no memory that another upload waits for.
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
