import type { DigestCore } from "../digest/digest-core.ts";
import { CosError } from "../errors.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import { compareStoredHeaders } from "./stored-headers.ts";
import type { StoredObject, UploadTarget } from "./target.ts";
import { crc64OfRange, isUnchanged } from "./unchanged.ts";

/**
 * - `never`: upload in any case;
 * - `exists`: do not upload when the key exists, whatever it holds;
 * - `same`: do not upload when the object has exactly these bytes (size and CRC64) and every requested header. A header
 *   that HEAD cannot show (ACL, grants, tags) makes the upload necessary.
 */
export type SkipMode = "never" | "exists" | "same";

/** An object at the key, as HEAD describes it. */
export type ExistingObject = StoredObject & { readonly size: number };

/** Bytes of the block through which a source is read. */
const BLOCK_BYTES = 1024 * 1024;

const NO_HEAD = "without the permission to HEAD objects nothing can be skipped: upload with skip 'never'";

/**
 * Returns the object that makes the upload unnecessary, undefined when there is none. One HEAD; `same` reads the source.
 * @param headers the requested headers, with names in lower case
 */
export async function findIdenticalObject(
  target: UploadTarget,
  source: ByteSource,
  core: DigestCore,
  mode: SkipMode,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ExistingObject | undefined> {
  if (mode === "never") return undefined;
  const object = await target.head(signal).catch((error: unknown) => {
    if (error instanceof CosError && error.code === "access-denied") error.hint ??= NO_HEAD;
    throw error;
  });
  if (object === undefined || mode === "exists") return object;
  const { visibleEqual, invisible } = compareStoredHeaders(object.headers, headers, false);
  if (!visibleEqual || invisible.length > 0) return undefined;
  return (await holdsBytesOf(object, source, core, signal)) ? object : undefined;
}

/** Whether an object has the size and the CRC64 of the source, which is read only when the sizes agree. */
export async function holdsBytesOf(
  object: ExistingObject,
  source: ByteSource,
  core: DigestCore,
  signal: AbortSignal,
): Promise<boolean> {
  if (source.access === "sequential" || source.size !== object.size || object.crc64 === undefined)
    return false;
  const crc64 = await hashSource(source, object.size, core, signal);
  const read = { start: 0, end: object.size, crc64: () => crc64 };
  return crc64 === object.crc64 && (await isUnchanged(source, read, core, signal));
}

/** CRC64 of a source, read block by block through one small buffer. */
async function hashSource(
  source: ByteSource,
  size: number,
  core: DigestCore,
  signal: AbortSignal,
): Promise<bigint> {
  const block = Math.min(BLOCK_BYTES, core.arena.capacity);
  const buffer = source.inMemory ? undefined : await core.arena.allocate(block, signal);
  try {
    return await crc64OfRange(source, 0, size, core, buffer?.bytes ?? new Uint8Array(0), signal);
  } finally {
    buffer?.release();
  }
}
