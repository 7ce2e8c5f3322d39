import type { DigestCore } from "../digest/digest-core.ts";
import type { Published } from "./complete.ts";
import { requireContentMd5 } from "./content-md5.ts";
import { readRange } from "./read-range.ts";
import { checkEnd, endedEarly } from "./source-length.ts";
import { isUnchanged, sourceChanged } from "./unchanged.ts";
import type { UploadJob } from "./upload-job.ts";
import { sendVerified } from "./verify.ts";

/** Reads all of a source of known size, and stores it by one PUT. */
export async function putWhole(job: UploadJob, size: number, core: DigestCore): Promise<Published> {
  const { source, signal } = job;
  const buffer = source.inMemory || size === 0 ? undefined : await core.arena.allocate(size, signal);
  try {
    const bytes = await readRange(source, 0, size, buffer?.bytes ?? new Uint8Array(0), signal);
    if (bytes.length !== size) throw endedEarly(bytes.length, size);
    await checkEnd(source, size, signal);
    const crc64 = async (): Promise<bigint> => (await core.digest(bytes)).crc64;
    if (!(await isUnchanged(source, { start: 0, end: size, crc64 }, core, signal))) throw sourceChanged();
    return await putBytes(job, bytes, core);
  } finally {
    buffer?.release();
  }
}

/** Stores bytes in memory by one PUT, and verifies their CRC64. */
export async function putBytes(
  { target, options, progress, signal }: UploadJob,
  bytes: Uint8Array,
  core: DigestCore,
): Promise<Published> {
  // The buffer may be transferred away when the object is stored: its length is read before.
  const size = bytes.length;
  // Always with MD5: a PUT replaces the object at the key, so COS must refuse wrong bytes before it stores them.
  const digest = await core.digest(bytes, true);
  requireContentMd5(options.contentMd5, digest.md5);
  const object = await sendVerified(
    core,
    bytes,
    digest,
    undefined,
    () => target.put(bytes, digest.md5, signal, progress.follower),
    target.repeats,
  );
  progress.received(size);
  progress.add(size, size);
  // A spread here would cost a small file some 2 % of its CPU: see putObjectBytes.
  const { etag, location, versionId, requestId, headers } = object;
  return { etag, crc64: digest.crc64, size, location, versionId, requestId, headers };
}
