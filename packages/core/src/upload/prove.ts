import type { Digest, DigestCore } from "../digest/digest-core.ts";
import { areLost, lostBytes } from "../digest/lost-bytes.ts";
import { CosError, IntegrityError, TransportError } from "../errors.ts";
import { toHex } from "../text/hex.ts";
import type { StoredAnswer } from "./target.ts";

/** Times that one body is sent because what COS says it holds is something else. */
const SENDS = 3;

/**
 * Sends a body until COS's digest of it is ours. Bytes that changed on the way are sent again: they are still here.
 * @throws {IntegrityError} after three times
 * @throws {SourceError} the bytes' buffer was transferred away before COS had them
 */
export async function sendProven<Answer extends StoredAnswer>(
  core: DigestCore,
  bytes: Uint8Array,
  digest: Digest,
  partNumber: number | undefined,
  send: () => Promise<Answer>,
): Promise<Answer> {
  for (let sends = 1; ; sends += 1) {
    // Lost while they waited for their turn, they would go out as nothing.
    if (areLost(bytes)) throw lostBytes();
    const answer = await send().catch((error: unknown) => {
      throw causedByLoss(error, bytes) ? lostBytes(error) : error;
    });
    const mismatch = await compare(core, bytes, digest, answer, partNumber);
    if (mismatch === undefined) return answer;
    if (areLost(bytes)) throw lostBytes(mismatch);
    if (sends === SENDS) throw mismatch;
  }
}

/**
 * Whether a send failed for want of its bytes: the exchange broke, or COS refused the body in words that would mislead.
 * Anything else, an abort's reason first of all, stands for itself.
 */
function causedByLoss(error: unknown, bytes: Uint8Array): boolean {
  if (!(error instanceof CosError)) return false;
  const ofBody = error.code === "integrity" || error.code === "invalid-request";
  return (ofBody || error instanceof TransportError) && areLost(bytes);
}

async function compare(
  core: DigestCore,
  bytes: Uint8Array,
  digest: Digest,
  answer: StoredAnswer,
  partNumber: number | undefined,
): Promise<IntegrityError | undefined> {
  const what = partNumber === undefined ? "the object's digest" : `the digest of part ${partNumber}`;
  if (answer.crc64 !== undefined && answer.crc64 !== digest.crc64) {
    return new IntegrityError(`${what} (CRC64) differs`, {
      expected: String(digest.crc64),
      actual: String(answer.crc64),
      partNumber,
    });
  }
  // The CRC64 is proof enough. The ETag is the MD5 except under SSE-KMS and SSE-C, where nothing can be said of it.
  if (answer.crc64 !== undefined || !isMd5(answer.etag)) return undefined;
  const md5 = digest.md5 ?? (await core.digest(bytes, true)).md5;
  const expected = md5 === undefined ? "" : toHex(md5);
  if (expected === answer.etag) return undefined;
  return new IntegrityError(`${what} (MD5) differs`, { expected, actual: answer.etag, partNumber });
}

/** Whether an answer has a checksum that {@link sendProven} compares. */
export function isVerifiable(answer: StoredAnswer): boolean {
  return answer.crc64 !== undefined || isMd5(answer.etag);
}

export function isMd5(etag: string): boolean {
  return /^[0-9a-f]{32}$/.test(etag);
}
