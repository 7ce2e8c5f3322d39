import type { NodeCosClient } from "@cosup/node";
import type { ObjectDigest } from "@cosup/node/digest";
import { isNotFound } from "../is-not-found.ts";
import { isCompressible } from "../site/compressible.ts";
import { FILE_CRC64, FILE_SIZE } from "../site/upload-source.ts";
import { digestFile } from "../source-files.ts";
import type { Pair } from "./check-pairs.ts";
import { bareETag } from "./outcome.ts";

/**
 * `missing`: only the file is there; `extra`: only the object. `unverified`: the sizes agree, but COS keeps no checksum of
 * the object. `failed`: the comparison itself failed.
 */
export type CheckStatus = "same" | "missing" | "extra" | "differs" | "unverified" | "failed";

/** The result of one comparison. */
export interface Checked {
  readonly status: CheckStatus;
  /** What differs. */
  readonly detail?: string;
  /** Bytes that were read of the file. */
  readonly bytes?: number;
  readonly error?: unknown;
}

/**
 * Compares a file with its object: sizes first, then CRC64.
 * @param onBytes receives the number of bytes that were read of the file, block by block
 */
export async function comparePair(
  client: NodeCosClient,
  pair: Pair,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Checked> {
  const { file, object } = pair;
  if (pair.error !== undefined) return { status: "failed", error: pair.error };
  if (file === undefined) return { status: "extra" };
  if (object === undefined && pair.unlisted !== true) return { status: "missing" };
  // A smaller object may be the text, stored compressed.
  const isMaybeCompressed = object !== undefined && object.size < file.size && isCompressible(pair.key);
  if (object !== undefined && object.size !== file.size && !isMaybeCompressed)
    return sizesDiffer(file.size, object.size);
  const found = await headOf(client, pair, signal);
  // Deleted since it was listed.
  if (found === undefined) return { status: "missing" };
  const stored = found.file ?? found;
  if (stored.size !== file.size) return sizesDiffer(file.size, stored.size);
  const md5 = stored.crc64 === undefined && stored.md5 !== undefined;
  if (stored.crc64 === undefined && !md5) return { status: "unverified", detail: "COS keeps no checksum" };
  const local = await digestFile(file.path, { md5 }, signal, onBytes);
  return { ...compareDigest(local, stored), bytes: file.size };
}

/** What COS, or a report, says of an object. */
export interface Stored {
  readonly size: number;
  readonly crc64: string | undefined;
  /** Only where the ETag is known to be one. */
  readonly md5?: string | undefined;
  /** Of an object that cosup has stored compressed: what its file was. */
  readonly file?: Stored | undefined;
}

/** Compares the checksums of a file with those of an object. */
export function compareDigest(local: ObjectDigest, stored: Stored): Checked {
  if (local.size !== stored.size) return sizesDiffer(local.size, stored.size);
  const { crc64, md5 } = stored;
  const same = crc64 === undefined ? local.md5 === md5 : local.crc64 === crc64;
  if (same) return { status: "same" };
  const detail = crc64 === undefined ? `md5 ${local.md5}, not ${md5}` : `crc64 ${local.crc64}, not ${crc64}`;
  return { status: "differs", detail };
}

/** Asks COS for the properties of an object; undefined if it is not there. */
export async function headOf(
  client: NodeCosClient,
  { bucket, key }: Pick<Pair, "bucket" | "key">,
  signal: AbortSignal,
): Promise<Stored | undefined> {
  const head = await client.headObject({ Bucket: bucket, Key: key, signal }).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  if (head === undefined) return undefined;
  const { ContentLength, ETag, crc64, headers } = head;
  const etag = bareETag(ETag) ?? "";
  // The ETag of an object in parts, or of an encrypted one, is no MD5.
  const isMd5 = /^[0-9a-f]{32}$/.test(etag) && headers["x-cos-server-side-encryption"] === undefined;
  return {
    size: ContentLength,
    crc64: crc64 || undefined,
    md5: isMd5 ? etag : undefined,
    file: fileOf(headers),
  };
}

/** What `--compress` has kept of the file; undefined if the object is not compressed, or by somebody else. */
function fileOf(headers: Readonly<Record<string, string>>): Stored | undefined {
  const [size, crc64] = [headers[FILE_SIZE], headers[FILE_CRC64]];
  if (headers["content-encoding"] === undefined || size === undefined || !crc64) return undefined;
  return { size: Number(size), crc64 };
}

function sizesDiffer(here: number, there: number): Checked {
  return { status: "differs", detail: `${here} bytes, not ${there}` };
}
