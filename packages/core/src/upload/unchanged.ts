import type { DigestCore } from "../digest/digest-core.ts";
import { SourceError } from "../errors.ts";
import type { ByteSource } from "../runtime/byte-source.ts";

/** The bytes that were read of a source. */
export interface BytesRead {
  readonly start: number;
  readonly end: number;
  /** Called only when it is needed, which is rare. */
  readonly crc64: () => bigint | Promise<bigint>;
}

/** Bytes of the block through which a source is read again. */
const BLOCK_BYTES = 256 * 1024;

/** How often the content is read again because the metadata has changed meanwhile. */
const READS = 3;

/**
 * Whether a source still has the bytes that were read of it. When only its metadata has changed (a new hard link, other
 * rights, another name; or an edit whose modification time was put back), the bytes are read again and their CRC64
 * decides.
 */
export async function isUnchanged(
  source: ByteSource,
  read: BytesRead,
  core: DigestCore,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (let reads = 0; reads < READS; reads += 1) {
    const change = await source.changed();
    if (change === false) return true;
    if (change === true || source.access === "sequential") return false;
    const into = source.inMemory ? new Uint8Array(0) : new Uint8Array(BLOCK_BYTES);
    const crc64 = await crc64OfRange(source, read.start, read.end, core, into, signal);
    if (crc64 !== (await read.crc64())) return false;
  }
  return false;
}

/** CRC64 of a range of a source, read block by block through `into`. It is a different one if the source ends early. */
export async function crc64OfRange(
  source: ByteSource,
  start: number,
  end: number,
  core: DigestCore,
  into: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  // A source in memory returns views: their length only decides how long the event loop is blocked.
  const block = into.byteLength || BLOCK_BYTES;
  let crc64 = 0n;
  for (let position = start; position < end; ) {
    signal?.throwIfAborted();
    const stop = Math.min(position + block, end);
    const bytes = await source.read(position, stop, into.subarray(0, stop - position), signal);
    if (bytes.length === 0) break;
    crc64 = core.crc64(bytes, crc64);
    position += bytes.length;
  }
  return crc64;
}

/** The source is no longer what it was. */
export function sourceChanged(): SourceError {
  return new SourceError(
    "the source changed while it was being uploaded; nothing was published",
    "source-changed",
    undefined,
    "upload it again when it no longer changes",
  );
}
