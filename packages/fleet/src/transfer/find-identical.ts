import { Digester } from "@cosup/node/digest";
import type { ManifestEntry } from "../manifest/entry.ts";
import { withSourceHeaders } from "./copied-headers.ts";
import { openSource } from "./probe-source.ts";
import { hasHeaders } from "./stored-headers.ts";
import { findStored } from "./stored-object.ts";
import type { ObjectResult, SourceFacts, TransferContext } from "./types.ts";

/** Bytes that are read at once. */
const BLOCK_BYTES = 4 * 1024 * 1024;

/**
 * Looks whether COS holds a large object already: its size, its headers, and its CRC64, for which the source is read once.
 * Reading costs less than sending.
 * @returns undefined: it must be sent
 * @throws {TransferError} the source cannot be read, or it changes meanwhile
 */
export async function findIdenticalLarge(
  context: TransferContext,
  entry: ManifestEntry,
  facts: SourceFacts,
): Promise<ObjectResult | undefined> {
  const stored = await findStored(context, entry.key);
  if (stored?.size !== facts.size || stored.crc64 === undefined) return undefined;
  if (!hasHeaders(stored, await withSourceHeaders(context, entry, facts))) return undefined;
  const crc64 = facts.crc64 ?? (await crc64OfSource(context, entry, facts));
  if (crc64 !== stored.crc64) return undefined;
  const { size, etag, versionId } = stored;
  return { key: entry.key, size, crc64, etag, versionId, sent: false };
}

async function crc64OfSource(
  { signal }: TransferContext,
  entry: ManifestEntry,
  facts: SourceFacts,
): Promise<string> {
  const source = await openSource(entry, facts);
  const digester = new Digester();
  const block = new Uint8Array(Math.min(BLOCK_BYTES, facts.size));
  try {
    for (let at = 0; at < facts.size; at += block.length) {
      signal.throwIfAborted();
      const bytes = block.subarray(0, Math.min(block.length, facts.size - at));
      await source.read(at, bytes, signal);
      digester.update(bytes);
    }
    return digester.result().crc64;
  } finally {
    await source.close().catch(() => {});
  }
}
