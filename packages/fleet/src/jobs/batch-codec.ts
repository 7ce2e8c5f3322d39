import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import type { ManifestEntry } from "../manifest/entry.ts";
import { nameOf } from "../sources/source-errors.ts";

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** An entry in a batch, and what happened to it so far. */
export interface BatchItem {
  /** The line of the manifest, from 1. */
  readonly line: number;
  readonly entry: ManifestEntry;
  /** Attempts that failed. */
  readonly tries: number;
  /** Whether COS may hold the object already. */
  readonly isRepeat: boolean;
}

/** A batch as the ledger holds it. Each commit of a part of it makes a new version. */
export interface Batch {
  readonly version: number;
  readonly items: readonly BatchItem[];
}

/** Entries as compressed JSON lines: keys and sources of neighbours have much in common, so little remains of them. */
export async function encodeItems(items: readonly BatchItem[]): Promise<Buffer> {
  const lines = items.map(({ line, entry, tries, isRepeat }) =>
    JSON.stringify(tries === 0 && !isRepeat ? [line, entry] : [line, entry, tries, isRepeat ? 1 : 0]),
  );
  return compress(lines);
}

/** Reads what the ledger holds: the version, a line feed, and what encodeItems returned. */
export async function decodeBatch(stored: Buffer): Promise<Batch> {
  const end = stored.indexOf("\n");
  const lines = await decompress(stored.subarray(end + 1));
  const items = lines.map((text): BatchItem => {
    const [line, entry, tries = 0, repeat = 0] = JSON.parse(text) as [
      number,
      ManifestEntry,
      number?,
      number?,
    ];
    return { line, entry, tries, isRepeat: repeat === 1 };
  });
  return { version: Number(stored.toString("latin1", 0, end)), items };
}

/** Texts without line feeds, compressed together. */
export async function compress(lines: readonly string[]): Promise<Buffer> {
  return deflate(lines.join("\n"), { level: 6 });
}

/** The texts that {@link compress} got. */
export async function decompress(stored: Buffer): Promise<string[]> {
  const text = (await inflate(stored)).toString();
  return text === "" ? [] : text.split("\n");
}

/**
 * Tells whether a second manifest has the same entries at the same place. Without the queries of URLs: a presigned one is another one
 * in each manifest. Not of compressed text: zlib versions differ.
 */
export function digestOf(
  entries: readonly { readonly line: number; readonly entry: ManifestEntry }[],
): Buffer {
  const named = (entry: ManifestEntry): ManifestEntry => ({ ...entry, source: nameOf(entry.source) });
  const text = JSON.stringify(entries.map(({ line, entry }) => [line, named(entry)]));
  return createHash("sha1").update(text).digest().subarray(0, 8);
}
