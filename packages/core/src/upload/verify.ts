import { detachedBufferError, isDetached } from "../digest/detached-buffer.ts";
import type { Digest, DigestCore } from "../digest/digest-core.ts";
import { CosError, IntegrityError, TransportError } from "../errors.ts";
import { toHex } from "../text/hex.ts";
import type { StoredResponse } from "./target.ts";

/** How often a body is sent while COS's digest differs from ours. */
const SENDS = 3;

/** Digests bytes in memory, or the body that is read through them. */
export type Digester = Pick<DigestCore, "digest">;

/**
 * Sends a body and compares COS's digest with ours. If they differ, the body is sent again, up to three times in all.
 * @param bytes the body, or the memory through which it is read
 * @param digest undefined: it is known when the body has been sent
 * @param onRepeat called before the body is sent again
 * @throws {IntegrityError} the digests differ after the third time
 * @throws {SourceError} the buffer of the bytes was transferred away before COS had them
 */
export async function sendVerified<Stored extends StoredResponse>(
  core: Digester,
  bytes: Uint8Array,
  digest: Digest | undefined,
  partNumber: number | undefined,
  send: () => Promise<Stored>,
  onRepeat?: (mismatch: IntegrityError) => void,
): Promise<Stored> {
  for (let sends = 1; ; sends += 1) {
    // Bytes of a detached buffer would be sent as an empty body.
    if (isDetached(bytes)) throw detachedBufferError();
    const response = await sendOrExplain(send, bytes);
    // The usual end, without another turn of the microtask queue.
    if (response.crc64 !== undefined && response.crc64 === digest?.crc64) return response;
    const mismatch = await compare(core, bytes, digest ?? (await core.digest(bytes)), response, partNumber);
    if (mismatch === undefined) return response;
    if (isDetached(bytes)) throw detachedBufferError(mismatch);
    if (sends === SENDS) throw mismatch;
    onRepeat?.(mismatch);
  }
}

async function sendOrExplain<Stored>(send: () => Promise<Stored>, bytes: Uint8Array): Promise<Stored> {
  try {
    return await send();
  } catch (error) {
    throw causedByDetaching(error, bytes) ? detachedBufferError(error) : error;
  }
}

/**
 * Whether a send failed because the buffer was transferred away: it is detached, and the transport failed or COS refused
 * the body. Any other error, such as the reason of an abort, is reported as it is.
 */
function causedByDetaching(error: unknown, bytes: Uint8Array): boolean {
  if (!(error instanceof CosError)) return false;
  const ofBody = error.code === "integrity" || error.code === "invalid-request";
  return (ofBody || error instanceof TransportError) && isDetached(bytes);
}

async function compare(
  core: Digester,
  bytes: Uint8Array,
  digest: Digest,
  response: StoredResponse,
  partNumber: number | undefined,
): Promise<IntegrityError | undefined> {
  const what = partNumber === undefined ? "the object's digest" : `the digest of part ${partNumber}`;
  if (response.crc64 !== undefined && response.crc64 !== digest.crc64) {
    return new IntegrityError(`${what} (CRC64) differs`, {
      expected: String(digest.crc64),
      actual: String(response.crc64),
      partNumber,
    });
  }
  // The CRC64 is enough. The ETag is the MD5, except under SSE-KMS and SSE-C, where it is no checksum.
  if (response.crc64 !== undefined || !isMd5(response.etag)) return undefined;
  const md5 = digest.md5 ?? (await core.digest(bytes, true)).md5;
  const expected = md5 === undefined ? "" : toHex(md5);
  if (expected === response.etag) return undefined;
  return new IntegrityError(`${what} (MD5) differs`, { expected, actual: response.etag, partNumber });
}

/** Whether a response has a checksum that {@link sendVerified} compares. */
export function isVerifiable(response: StoredResponse): boolean {
  return response.crc64 !== undefined || isMd5(response.etag);
}

export function isMd5(etag: string): boolean {
  return /^[0-9a-f]{32}$/.test(etag);
}
