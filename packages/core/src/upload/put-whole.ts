import type { DigestCore } from "../digest/digest-core.ts";
import { IntegrityError, SourceError } from "../errors.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import { toBase64 } from "../text/base64.ts";
import type { Published } from "./complete.ts";
import type { UploadOptions } from "./options.ts";
import type { Progress } from "./progress.ts";
import { readRange } from "./read-range.ts";
import { checkEnd, endedEarly } from "./source-length.ts";
import type { UploadTarget } from "./target.ts";
import { isUnchanged } from "./unchanged.ts";
import { sendVerified } from "./verify.ts";

/** Reads a source of known size whole, and stores it in one PUT. */
export async function putWhole(
  target: UploadTarget,
  source: ByteSource,
  size: number,
  core: DigestCore,
  options: UploadOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Published> {
  const buffer = source.inMemory || size === 0 ? undefined : await core.arena.allocate(size, signal);
  try {
    const bytes = await readRange(source, 0, size, buffer?.bytes ?? new Uint8Array(0), signal);
    if (bytes.length !== size) throw endedEarly(bytes.length, size);
    await checkEnd(source, size, signal);
    const crc64 = async (): Promise<bigint> => (await core.digest(bytes, false)).crc64;
    if (!(await isUnchanged(source, { start: 0, end: size, crc64 }, core, signal))) throw sourceChanged();
    return await putBytes(target, bytes, core, options, progress, signal);
  } finally {
    buffer?.release();
  }
}

/** Stores bytes that are in memory, proven by CRC64. */
export async function putBytes(
  target: UploadTarget,
  bytes: Uint8Array,
  core: DigestCore,
  options: UploadOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Published> {
  // Proven bytes may be transferred away before this reads their length again.
  const size = bytes.length;
  // A PUT replaces what the key held: COS must refuse wrong bytes beforehand, so the MD5 goes along unasked.
  const digest = await core.digest(bytes, true);
  if (
    options.contentMd5 !== undefined &&
    digest.md5 !== undefined &&
    toBase64(digest.md5) !== options.contentMd5
  ) {
    throw wrongMd5(toBase64(digest.md5), options.contentMd5);
  }
  const object = await sendVerified(core, bytes, digest, undefined, () =>
    target.put(bytes, digest.md5, signal),
  );
  progress.add(size);
  const { etag, location, versionId, requestId, headers } = object;
  return { etag, crc64: digest.crc64, size, location, versionId, requestId, headers };
}

/** The bytes are not those whose MD5 the caller gave. Known only when all of them were read; nothing is published. */
export function wrongMd5(actual: string, given: string): IntegrityError {
  return new IntegrityError(
    "ContentMD5 is not the MD5 of the bytes",
    { expected: actual, actual: given },
    { retryable: false, hint: "nothing was published: give the MD5 of exactly these bytes, or none" },
  );
}

export function sourceChanged(): SourceError {
  return new SourceError(
    "the source changed while it was being uploaded; nothing was published",
    "source-changed",
    undefined,
    "upload it again when it no longer changes",
  );
}
