import { toHex } from "../text/hex.ts";
import { utf8 } from "../text/utf8.ts";
import type { DoneRange } from "./ranges.ts";

/**
 * Everything that another process needs to go on with a download. Plain JSON, without credentials. `version` and `Bucket`
 * come first: the walk of folders recognises the files of a checkpoint store by them.
 */
export interface DownloadRecord {
  readonly version: 1;
  /** BucketName-APPID. */
  readonly Bucket: string;
  readonly Key: string;
  /** The file to write, absolute and without links. */
  readonly path: string;
  /** The object's ETag: an object that has another one by now is downloaded from the start. */
  readonly etag: string;
  /** Bytes of the object. */
  readonly size: number;
  /** Ranges in the unfinished file. Each is read again and compared before it is trusted. */
  readonly ranges: readonly { readonly start: number; readonly length: number; readonly crc64: string }[];
}

/** What a download is of, and where it goes. */
export interface DownloadIdentity {
  /** Scheme, host and path prefix of a custom endpoint; empty: COS itself. */
  readonly endpoint: string;
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId: string | undefined;
  /** The file, absolute and without links. */
  readonly path: string;
}

/** The id of a download's record. That of an upload's checkpoint is never equal. */
export async function recordId(identity: DownloadIdentity): Promise<string> {
  const { endpoint, Bucket, Key, VersionId = "", path } = identity;
  const text = JSON.stringify(["download", endpoint, Bucket, Key, VersionId, path]);
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)))).slice(0, 32);
}

export function encodeRecord(record: Omit<DownloadRecord, "ranges">, done: readonly DoneRange[]): string {
  const ranges = done.map(({ start, length, crc64 }) => ({ start, length, crc64: String(crc64) }));
  return JSON.stringify({ ...record, ranges });
}

/** Reads a record; undefined for a text that is not one completely, or is that of another download. */
export function decodeRecord(
  text: string,
  { Bucket, Key, path }: DownloadIdentity,
): { readonly etag: string; readonly size: number; readonly done: readonly DoneRange[] } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const record = value as Partial<DownloadRecord> | null;
  if (record?.version !== 1 || record.Bucket !== Bucket || record.Key !== Key || record.path !== path) {
    return undefined;
  }
  const { etag, size, ranges } = record;
  if (typeof etag !== "string" || etag === "" || !isCount(size) || !Array.isArray(ranges)) return undefined;
  if (!ranges.every(isRange)) return undefined;
  const done = ranges.map(({ start, length, crc64 }) => ({ start, length, crc64: BigInt(crc64) }));
  return fit(done, size) ? { etag, size, done } : undefined;
}

type RecordedRange = DownloadRecord["ranges"][number];

function isRange(value: unknown): value is RecordedRange {
  const range = value as Partial<RecordedRange> | null;
  return (
    isCount(range?.start) &&
    isCount(range.length) &&
    range.length > 0 &&
    typeof range.crc64 === "string" &&
    /^\d{1,20}$/.test(range.crc64)
  );
}

/** Whether the ranges lie within the object and apart from each other. */
function fit(done: readonly DoneRange[], size: number): boolean {
  let end = 0;
  for (const { start, length } of [...done].sort((one, other) => one.start - other.start)) {
    if (start < end) return false;
    end = start + length;
  }
  return end <= size;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
