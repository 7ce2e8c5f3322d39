/**
 * The members of Cloudflare's R2 bindings that are used. `R2Bucket` and its objects have these types, so users need no
 * dependency on `@cloudflare/workers-types` and its globals.
 */
export interface R2BucketLike {
  head(key: string): Promise<R2ObjectLike | null>;
  get(
    key: string,
    options: {
      range: { offset: number; length: number };
      onlyIf: { etagMatches: string };
    },
  ): Promise<R2ObjectLike | R2ObjectBodyLike | null>;
}

export interface R2ObjectLike {
  readonly key: string;
  /** Bytes of the whole object, also after a read by range. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
}

export interface R2ObjectBodyLike extends R2ObjectLike {
  readonly body: ReadableStream;
  readonly bodyUsed?: boolean;
  readonly range?: unknown;
}

/** An R2 object to upload. It is read by range, several parts in parallel, and resumable in another isolate. */
export interface R2Body {
  readonly r2: R2BucketLike;
  readonly key: string;
}
