import { MAX_PARTS } from "../params/limits.ts";
import { toHex } from "../text/hex.ts";
import { utf8 } from "../text/utf8.ts";
import type { Checkpoint, CheckpointPart } from "./checkpoint.ts";
import { partCount } from "./plan.ts";

/**
 * The id of the checkpoint of one object at one endpoint.
 * @param endpoint empty: COS itself, where the name of a bucket is unique
 */
export async function checkpointId(bucket: string, key: string, endpoint = ""): Promise<string> {
  const service = endpoint === "" ? "" : `${endpoint}\n`;
  const hash = await crypto.subtle.digest("SHA-256", utf8(`${service}${bucket}\n${key}`));
  return toHex(new Uint8Array(hash)).slice(0, 32);
}

/** Headers that COS stores with the object, or that say how to store it. */
const STORED_HEADER = /^(content-(?!length$|md5$).*|cache-control|expires|x-cos-.*)$/;
/** An SSE-C key and a session token are secrets. The MD5 of the key, which is sent with it, identifies the key. */
const SECRET_HEADER = /^x-cos-(.*customer-key|security-token)$/;

/**
 * The headers that a checkpoint contains and a resume compares. Others, such as a gateway's key, do not concern the object,
 * may be secret, and may differ from call to call.
 */
export function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => STORED_HEADER.test(name) && !SECRET_HEADER.test(name)),
  );
}

export function encodeCheckpoint(checkpoint: Checkpoint): string {
  return JSON.stringify(checkpoint);
}

/** Reads a checkpoint; undefined for a text that is not one completely. */
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
  if (!isRecord(value) || !(value.version === 1 ? isVersion1(value) : isVersion2(value))) return false;
  const { Bucket, Key, UploadId, size, partSize, headers, parts } = value;
  if (![Bucket, Key, UploadId].every(isName)) return false;
  if (!isCount(partSize) || partSize === 0) return false;
  if (!isRecord(headers) || !Object.values(headers).every((header) => typeof header === "string"))
    return false;
  if (!Array.isArray(parts) || !parts.every(isPart)) return false;
  const numbers = new Set(parts.map(({ partNumber }) => partNumber));
  // Parts of a stream may be shorter than planned: then there are more of them.
  const last = value.version === 1 && isCount(size) ? partCount(size, partSize) : MAX_PARTS;
  return numbers.size === parts.length && parts.every(({ partNumber }) => partNumber <= last);
}

function isVersion1({ size, fingerprint }: Record<string, unknown>): boolean {
  return isCount(size) && isName(fingerprint);
}

function isVersion2({ version, size, fingerprint, endpoint }: Record<string, unknown>): boolean {
  if (version !== 2 || typeof endpoint !== "string") return false;
  return (size === null || isCount(size)) && (fingerprint === null || isName(fingerprint));
}

/** A text that is not empty and can be part of a URL: a lone surrogate cannot. */
function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.isWellFormed();
}

function isPart(value: unknown): value is CheckpointPart {
  return (
    isRecord(value) &&
    isCount(value.partNumber) &&
    value.partNumber >= 1 &&
    value.partNumber <= MAX_PARTS &&
    typeof value.etag === "string" &&
    typeof value.crc64 === "string" &&
    /^\d{1,20}$/.test(value.crc64) &&
    (value.verified === undefined || typeof value.verified === "boolean")
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
