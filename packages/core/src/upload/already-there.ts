import type { DigestCore } from "../digest/digest-core.ts";
import { CosError } from "../errors.ts";
import type { ByteSource } from "./source.ts";
import type { StoredObject, UploadTarget } from "./target.ts";

/**
 * - `never`: upload in any case;
 * - `exists`: not when the key exists, whatever it holds;
 * - `same`: not when the key holds these very bytes (size and CRC64).
 */
export type SkipMode = "never" | "exists" | "same";

const PIECE = 1024 * 1024;

const NO_HEAD = "without the permission to HEAD objects nothing can be skipped: upload with skip 'never'";

/** The object that makes the upload unnecessary; undefined when there is none. One HEAD; `same` reads the source. */
export async function alreadyThere(
  target: UploadTarget,
  source: ByteSource,
  core: DigestCore,
  mode: SkipMode,
  signal: AbortSignal,
): Promise<(StoredObject & { readonly size: number }) | undefined> {
  if (mode === "never") return undefined;
  const object = await target.head(signal).catch((error: unknown) => {
    if (error instanceof CosError && error.code === "access-denied") error.hint ??= NO_HEAD;
    throw error;
  });
  if (object === undefined || mode === "exists") return object;
  if (source.access === "sequential" || source.size !== object.size || object.crc64 === undefined)
    return undefined;
  const crc64 = await crc64Of(source, object.size, core, signal);
  return crc64 === object.crc64 && !(await source.changed()) ? object : undefined;
}

/** CRC64 of a source, read piece by piece through one small buffer. */
async function crc64Of(
  source: ByteSource,
  size: number,
  core: DigestCore,
  signal: AbortSignal,
): Promise<bigint> {
  const piece = Math.min(PIECE, core.arena.capacity);
  const buffer = source.resident ? undefined : await core.arena.allocate(piece, signal);
  const into = buffer?.bytes ?? new Uint8Array(0);
  try {
    let crc64 = 0n;
    for (let start = 0; start < size; ) {
      signal.throwIfAborted();
      const bytes = await source.read(start, Math.min(start + piece, size), into, signal);
      if (bytes.length === 0) break;
      crc64 = core.crc64(bytes, crc64);
      start += bytes.length;
    }
    return crc64;
  } finally {
    buffer?.release();
  }
}
