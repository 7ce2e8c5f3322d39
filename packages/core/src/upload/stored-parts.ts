import type { Digest } from "../digest/digest-core.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import { toHex } from "../text/hex.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Acknowledged } from "./recorder.ts";
import type { ListedPart, UploadTarget } from "./target.ts";
import { isMd5 } from "./verify.ts";

/** A part that COS says it holds, with what we know of its bytes. */
export interface StoredPart extends ListedPart {
  /** The CRC64 that COS proved when this very part (same ETag) was sent; from our own checkpoint. */
  readonly crc64: bigint | undefined;
  /** Whether COS gave a checksum of the part that could be compared when it was sent. */
  readonly verified: boolean;
}

/**
 * What COS holds of an upload: its own list, which wins over the checkpoint. The checkpoint adds the CRC64 of the
 * parts that are still the ones it saw, so that comparing them costs no MD5.
 * @throws {ServiceError} `NoSuchUpload` when COS no longer knows the upload
 */
export async function listStored(
  target: UploadTarget,
  uploadId: string,
  checkpoint: Checkpoint | undefined,
  signal: AbortSignal,
): Promise<Map<number, StoredPart>> {
  const seen = new Map(checkpoint?.parts.map((part) => [part.partNumber, part]));
  const stored = new Map<number, StoredPart>();
  for await (const part of target.listParts(uploadId, signal)) {
    const known = seen.get(part.partNumber);
    const same = known !== undefined && known.etag === part.etag;
    const crc64 = same ? BigInt(known.crc64) : undefined;
    stored.set(part.partNumber, { ...part, crc64, verified: !same || known.verified !== false });
  }
  return stored;
}

/** Whether a stored part can only be compared by its MD5. */
export function needsMd5(stored: StoredPart | undefined): boolean {
  return stored !== undefined && stored.crc64 === undefined && isMd5(stored.etag);
}

/** Whether what COS holds under this number is exactly these bytes. */
export function holds(stored: StoredPart | undefined, length: number, digest: Digest): stored is StoredPart {
  if (stored === undefined || stored.size !== length) return false;
  if (stored.crc64 !== undefined) return stored.crc64 === digest.crc64;
  return digest.md5 !== undefined && toHex(digest.md5) === stored.etag;
}

/** Parts that COS holds, with their proof, as the checkpoint of an immutable source recorded it. */
export type TrustedParts = ReadonlyMap<number, Acknowledged>;

/**
 * The stored parts that need no second look: the source still is what the checkpoint was made of and cannot be
 * otherwise, the ETag is the one that was proven, and the size fits. Their CRC64 goes into that of the whole, which
 * COS's own then confirms.
 */
export function trustedParts(
  source: ByteSource,
  checkpoint: Checkpoint | undefined,
  stored: ReadonlyMap<number, StoredPart>,
  lengthOf: (partNumber: number) => number,
): TrustedParts {
  const trusted = new Map<number, Acknowledged>();
  if (source.immutable !== true || checkpoint === undefined) return trusted;
  if (checkpoint.fingerprint !== source.fingerprint) return trusted;
  for (const { partNumber, etag, size, crc64, verified } of stored.values()) {
    const length = lengthOf(partNumber);
    if (crc64 === undefined || size === 0 || size !== length) continue;
    trusted.set(partNumber, { partNumber, etag, crc64: String(crc64), length, verified });
  }
  return trusted;
}
