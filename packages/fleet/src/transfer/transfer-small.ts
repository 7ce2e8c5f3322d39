import { cosSourceOf, isHttpSource } from "../manifest/check-source.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { copySourceOf, probeObject, unverified } from "../sources/cos-source.ts";
import { readUrl } from "../sources/http-source.ts";
import { readSmallFile } from "../sources/small-file.ts";
import { requireSize } from "../sources/source-errors.ts";
import { headersOf, objectOf } from "./object-parameters.ts";
import { probeSource } from "./probe-source.ts";
import { smallUpTo } from "./small-border.ts";
import { hasHeaders } from "./stored-headers.ts";
import { findStored } from "./stored-object.ts";
import type { ObjectResult, TransferContext } from "./types.ts";

/**
 * Bytes of a URL that are held in memory. One that has grown since its size was asked for is looked at again: more would go in parts
 * that no ledger knows.
 */
const MOST_BYTES = smallUpTo(Number.POSITIVE_INFINITY);

/** A file up to this size is read whole: 16 of them, as many as a worker sends at once, are 16 MiB. */
const MOST_FILE_BYTES = 1024 * 1024;

/** How often an object may have been stored before. */
export interface SmallOptions {
  /**
   * Whether it may have been stored before: by a second attempt, a lost ledger, a job that runs twice. Then COS is asked
   * first (HEAD, size and CRC64), and an object that is there is not sent again.
   */
  readonly isRepeat: boolean;
}

/**
 * Stores a small object in one call, verified by its CRC64. A URL is read whole, up to 16 MiB, and its server
 * needs no ranges; of a file, up to 20 MB are one PUT; an object of COS is copied there.
 * @throws {TransferError} {@link CosError} it could not be stored
 */
export async function transferSmall(
  context: TransferContext,
  entry: ManifestEntry,
  options: SmallOptions,
): Promise<ObjectResult> {
  context.signal.throwIfAborted();
  const result = await store(context, entry, options);
  if (result.sent) context.onBytes?.(result.size);
  return result;
}

function store(
  context: TransferContext,
  entry: ManifestEntry,
  { isRepeat }: SmallOptions,
): Promise<ObjectResult> {
  if (cosSourceOf(entry.source) !== undefined) return copySmall(context, entry, isRepeat);
  return uploadSmall(context, entry, isRepeat);
}

async function uploadSmall(
  context: TransferContext,
  entry: ManifestEntry,
  isRepeat: boolean,
): Promise<ObjectResult> {
  const { source, size, key } = entry;
  const content = await contentOf(context, entry);
  const object = { ...objectOf(context, entry), ...headersOf(entry), ...content };
  const uploaded = await context.cos.uploadFile({
    ...object,
    PartSize: 8,
    checkpoints: false,
    skip: isRepeat ? "same" : "never",
  });
  requireSize(source, size, uploaded.size);
  const { crc64, ETag, versionId, skipped } = uploaded;
  return { key, size: uploaded.size, crc64, etag: ETag, versionId, sent: !skipped };
}

/** The bytes, where they are held in memory; of a larger file its path. A file of another size is refused before it is sent. */
async function contentOf(
  context: TransferContext,
  entry: ManifestEntry,
): Promise<{ Body: Uint8Array } | { LocalFilePath: string }> {
  const { source, size } = entry;
  if (isHttpSource(source))
    return { Body: await readUrl(source, { size, limit: MOST_BYTES }, context.signal) };
  if (size !== undefined && size <= MOST_FILE_BYTES) return { Body: await readSmallFile(source, size) };
  if (size !== undefined) await probeSource(context, entry);
  return { LocalFilePath: source };
}

async function copySmall(
  context: TransferContext,
  entry: ManifestEntry,
  isRepeat: boolean,
): Promise<ObjectResult> {
  const { source, key, size } = entry;
  const object = cosSourceOf(source) ?? { bucket: "", key: "" };
  const found = isRepeat ? await findCopy(context, entry) : undefined;
  if (found !== undefined) return found;
  const CopySource = copySourceOf(context, object);
  const copied = await context.cos.copyObject({
    ...objectOf(context, entry),
    ...headersOf(entry),
    CopySource,
  });
  if (copied.crc64 === undefined) throw unverified(source);
  requireSize(source, size, copied.size);
  return { key, size: copied.size, crc64: copied.crc64, etag: copied.ETag, sent: true };
}

/** The copy, if it is there already. */
async function findCopy(context: TransferContext, entry: ManifestEntry): Promise<ObjectResult | undefined> {
  const { key, source, size } = entry;
  const stored = await findStored(context, key);
  if (stored === undefined) return undefined;
  const facts = await probeObject(context, cosSourceOf(source) ?? { bucket: "", key: "" });
  requireSize(source, size, facts.size);
  if (stored.size !== facts.size || stored.crc64 === undefined || stored.crc64 !== facts.crc64)
    return undefined;
  // Without headers of its own, the copy has those of its source.
  const asksForHeaders = entry.contentType !== undefined || entry.headers !== undefined;
  if (asksForHeaders && !hasHeaders(stored, entry)) return undefined;
  return { key, size: stored.size, crc64: stored.crc64, etag: stored.etag, sent: false };
}
