import { toHex } from "../text/hex.ts";
import { utf8 } from "../text/utf8.ts";
import type { Checkpoint, CheckpointPart } from "./checkpoint.ts";

/** Names the checkpoint of one object. A bucket's name is unique in COS, so the endpoint is not part of it. */
export async function checkpointId(bucket: string, key: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", utf8(`${bucket}\n${key}`));
  return toHex(new Uint8Array(hash)).slice(0, 32);
}

/** A key of SSE-C is the caller's secret. Its MD5, which goes with it, tells one key from another. */
const SECRET_HEADER = /^x-cos-.*customer-key$/;

/** The headers that a checkpoint keeps, and that a resume compares. */
export function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET_HEADER.test(name)));
}

export function encodeCheckpoint(checkpoint: Checkpoint): string {
  return JSON.stringify(checkpoint);
}

/** Reads a checkpoint; undefined for anything that is not wholly one: resume trusts nothing half-read. */
export function decodeCheckpoint(text: string): Checkpoint | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isCheckpoint(value) ? value : undefined;
}

function isCheckpoint(value: unknown): value is Checkpoint {
  if (!isRecord(value) || value.version !== 1) return false;
  const { Bucket, Key, UploadId, size, partSize, fingerprint, headers, parts } = value;
  const texts = [Bucket, Key, UploadId, fingerprint];
  // A lone surrogate cannot be part of a URL.
  if (!texts.every((text) => typeof text === "string" && text !== "" && text.isWellFormed())) return false;
  if (!isCount(size) || !isCount(partSize) || partSize === 0) return false;
  if (!isRecord(headers) || !Object.values(headers).every((header) => typeof header === "string"))
    return false;
  if (!Array.isArray(parts) || !parts.every(isPart)) return false;
  const numbers = new Set(parts.map(({ partNumber }) => partNumber));
  const last = Math.max(1, Math.ceil(size / partSize));
  return numbers.size === parts.length && parts.every(({ partNumber }) => partNumber <= last);
}

function isPart(value: unknown): value is CheckpointPart {
  return (
    isRecord(value) &&
    isCount(value.partNumber) &&
    value.partNumber >= 1 &&
    value.partNumber <= 10_000 &&
    typeof value.etag === "string" &&
    typeof value.crc64 === "string" &&
    /^\d{1,20}$/.test(value.crc64)
  );
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
