import { detachedBufferError, isDetached } from "../digest/detached-buffer.ts";
import type { Digest, DigestCore } from "../digest/digest-core.ts";
import { CosError, IntegrityError, TransportError } from "../errors.ts";
import { toHex } from "../text/hex.ts";
import type { StoredResponse } from "./target.ts";

/** How often a body is sent while COS's digest differs from ours. */
const SENDS = 3;

/** The checksums of a body; with its MD5 when that is asked for. */
export type DigestOf = (withMd5: boolean) => Digest | Promise<Digest>;

/** The checksums of bytes in memory, of which some are known. */
export function digestOfBytes(core: DigestCore, bytes: Uint8Array, digest: Digest): DigestOf {
  return (withMd5) => (withMd5 && digest.md5 === undefined ? core.digest(bytes, true) : digest);
}

/**
 * Sends a body and compares COS's digest with ours. If they differ, the body is sent again, up to three times in all.
 * @param bytes the body, when it is in memory
 * @param digestOf asked when the body has been sent
 * @throws {IntegrityError} the digests differ after the third time
 * @throws {SourceError} the buffer of the bytes was transferred away before COS had them
 */
export async function sendVerified<Stored extends StoredResponse>(
  bytes: Uint8Array | undefined,
  digestOf: DigestOf,
  partNumber: number | undefined,
  send: () => Promise<Stored>,
): Promise<Stored> {
  const isLost = (): boolean => bytes !== undefined && isDetached(bytes);
  for (let sends = 1; ; sends += 1) {
    // Bytes of a detached buffer would be sent as an empty body.
    if (isLost()) throw detachedBufferError();
    const response = await send().catch((error: unknown) => {
      throw causedByDetaching(error, isLost) ? detachedBufferError(error) : error;
    });
    const mismatch = await compare(digestOf, response, partNumber);
    if (mismatch === undefined) return response;
    if (isLost()) throw detachedBufferError(mismatch);
    if (sends === SENDS) throw mismatch;
  }
}

/**
 * Whether a send failed because the buffer was transferred away: it is detached, and the transport failed or COS refused
 * the body. Any other error, such as the reason of an abort, is reported as it is.
 */
function causedByDetaching(error: unknown, isLost: () => boolean): boolean {
  if (!(error instanceof CosError)) return false;
  const ofBody = error.code === "integrity" || error.code === "invalid-request";
  return (ofBody || error instanceof TransportError) && isLost();
}

async function compare(
  digestOf: DigestOf,
  response: StoredResponse,
  partNumber: number | undefined,
): Promise<IntegrityError | undefined> {
  const what = partNumber === undefined ? "the object's digest" : `the digest of part ${partNumber}`;
  const digest = await digestOf(false);
  if (response.crc64 !== undefined && response.crc64 !== digest.crc64) {
    return new IntegrityError(`${what} (CRC64) differs`, {
      expected: String(digest.crc64),
      actual: String(response.crc64),
      partNumber,
    });
  }
  // The CRC64 is enough. The ETag is the MD5, except under SSE-KMS and SSE-C, where it is no checksum.
  if (response.crc64 !== undefined || !isMd5(response.etag)) return undefined;
  const { md5 } = await digestOf(true);
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
