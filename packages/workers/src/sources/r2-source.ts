import type { ByteSource } from "@cosup/core/runtime";
import { CosError, SourceError } from "@cosup/core/upload";
import type { ConnectionPool } from "../connection-pool.ts";
import type { SubrequestMeter } from "../subrequest-meter.ts";
import type { R2BucketLike, R2ObjectBodyLike, R2ObjectLike } from "./platform.ts";
import { ByteReader } from "./read-bytes.ts";

/** A source each read of which is a subrequest. */
export interface MeteredSource extends ByteSource {
  readonly subrequestsPerRead: number;
}

/** Attempts per part: R2 sometimes fails with "internal error", and the next read succeeds. */
const READS = 3;
const PAUSE_MS = 200;

export interface R2Access {
  readonly pool: ConnectionPool;
  readonly meter: SubrequestMeter;
}

/**
 * Opens an R2 object that is read by range. Every read requires the ETag from the time of opening, so all parts have
 * the same content, in this isolate and the next.
 * @throws {SourceError} there is no such object
 */
export async function r2Source(bucket: R2BucketLike, key: string, access: R2Access): Promise<MeteredSource> {
  const head = (): Promise<R2ObjectLike | null> =>
    metered(access, undefined, () => repeatedly(undefined, () => bucket.head(key)));
  const object = await head();
  if (object === null) throw new SourceError(`R2 has no object ${key}`, "source-unreadable");
  const { size, etag } = object;
  return {
    size,
    fingerprint: `r2:${etag}:${size}`,
    immutable: true,
    access: "random",
    inMemory: false,
    subrequestsPerRead: 1,
    read: (start, end, into, signal) =>
      repeatedly(signal, () =>
        metered(access, signal, async () => {
          const options = { range: { offset: start, length: end - start }, onlyIf: { etagMatches: etag } };
          return readBody(await bucket.get(key, options), into.subarray(0, end - start), signal);
        }),
      ),
    changed: async () => (await head())?.etag !== etag,
    close: async () => {},
  };
}

/**
 * Bytes in the body of a fetched R2 object, which may be a range of it. R2's types allow a range to be named by any of
 * its three numbers; miniflare always names offset and length.
 */
export function r2BodyLength({ size, range }: R2ObjectBodyLike): number {
  const { offset, length, suffix }: R2Range = typeof range === "object" && range !== null ? range : {};
  if (suffix !== undefined) return Math.min(suffix, size);
  return Math.min(length ?? size, size - (offset ?? 0));
}

interface R2Range {
  readonly offset?: number;
  readonly length?: number;
  readonly suffix?: number;
}

async function readBody(
  object: R2ObjectLike | R2ObjectBodyLike | null,
  into: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (object === null || !("body" in object)) {
    throw new SourceError("the R2 object was replaced or deleted during the upload", "source-changed");
  }
  const reader = ByteReader.of(object.body);
  if (reader === undefined) throw new SourceError("R2 gave no bytes", "source-unreadable");
  const bytes = await reader.fill(into, signal).finally(() => reader.cancel());
  if (bytes.length < into.length) throw new Error("R2 gave fewer bytes than asked for");
  return bytes;
}

/** Calls R2. A call uses one of the invocation's connections and counts as a subrequest. */
async function metered<T>(
  { pool, meter }: R2Access,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  const free = await pool.acquire(signal ?? new AbortController().signal);
  let ended: () => void = () => {};
  try {
    ended = meter.begin();
    return await call();
  } finally {
    free();
    ended();
  }
}

async function repeatedly<T>(signal: AbortSignal | undefined, read: () => Promise<T>): Promise<T> {
  for (let reads = 1; ; reads += 1) {
    try {
      return await read();
    } catch (cause) {
      signal?.throwIfAborted();
      const final = cause instanceof CosError && cause.code !== "source-unreadable";
      if (final) throw cause;
      if (reads === READS) throw new SourceError("R2 could not be read", "source-unreadable", cause);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * reads));
  }
}
