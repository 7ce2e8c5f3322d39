import type { Digest } from "../digest/digest-core.ts";
import { CosError } from "../errors.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import { toHex } from "../text/hex.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { RecordedPart } from "./checkpoint-writer.ts";
import type { UploadOptions } from "./options.ts";
import { isNoSuchUpload } from "./resolve-outcome.ts";
import type { ListedPart, UploadTarget } from "./target.ts";
import { isMd5 } from "./verify.ts";
import { warn } from "./warn.ts";

/** A part in the list of COS, with what our checkpoint knows of its bytes. */
export interface StoredPart extends ListedPart {
  /** The CRC64 that was verified when this very part (same ETag) was sent; from our own checkpoint. */
  readonly crc64: bigint | undefined;
  /** Whether COS gave a checksum of the part that could be compared when it was sent. */
  readonly verified: boolean;
}

/**
 * The parts of an upload that COS still knows, for a resume. Undefined when COS does not know the upload. Empty, with a
 * warning, when ListParts is not permitted: then no stored part can be checked, and all are sent again.
 */
export async function listPartsIfUploadExists(
  target: UploadTarget,
  uploadId: string,
  checkpoint: Checkpoint | undefined,
  signal: AbortSignal,
  options: Pick<UploadOptions, "onWarning">,
): Promise<Map<number, StoredPart> | undefined> {
  try {
    return await listStored(target, uploadId, checkpoint, signal);
  } catch (error) {
    if (isNoSuchUpload(error)) return undefined;
    if (!(error instanceof CosError) || error.code !== "access-denied") throw error;
    const message = "ListParts is not permitted: what COS holds cannot be checked and is sent again";
    warn(options, "resume-discarded", message);
    return new Map();
  }
}

/**
 * The parts that COS holds of an upload. COS's own list decides, not the checkpoint. The checkpoint adds the CRC64 of each
 * part whose ETag is still the same, so that comparing it needs no MD5.
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

/** Whether the part that COS holds is exactly these bytes. */
export function holds(stored: StoredPart | undefined, length: number, digest: Digest): stored is StoredPart {
  if (stored === undefined || stored.size !== length) return false;
  if (stored.crc64 !== undefined) return stored.crc64 === digest.crc64;
  return digest.md5 !== undefined && toHex(digest.md5) === stored.etag;
}

/** Parts that COS holds, as the checkpoint of an immutable source recorded them. */
export type TrustedParts = ReadonlyMap<number, RecordedPart>;

/**
 * The stored parts that need not be read again: the source is immutable and still the one of the checkpoint, the ETag is
 * the one that was verified, and the size fits. Their CRC64 goes into that of the whole, which is compared with COS's.
 */
export function trustedParts(
  source: ByteSource,
  checkpoint: Checkpoint | undefined,
  stored: ReadonlyMap<number, StoredPart>,
  lengthOf: (partNumber: number) => number,
): TrustedParts {
  const trusted = new Map<number, RecordedPart>();
  if (source.immutable !== true || checkpoint === undefined) return trusted;
  if (checkpoint.fingerprint !== source.fingerprint) return trusted;
  for (const { partNumber, etag, size, crc64, verified } of stored.values()) {
    const length = lengthOf(partNumber);
    if (crc64 === undefined || size === 0 || size !== length) continue;
    trusted.set(partNumber, { partNumber, etag, crc64, length, verified });
  }
  return trusted;
}
