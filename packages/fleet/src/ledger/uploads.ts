import { createHash } from "node:crypto";
import type { ManifestEntry } from "../manifest/entry.ts";
import { entryId } from "../transfer/entry-id.ts";
import type { SourceFacts } from "../transfer/types.ts";
import type { Ledger } from "./ledger.ts";

/** A multipart upload that the run began, or was about to begin. */
export interface UploadNote {
  readonly object: string;
  readonly key: string;
  /** When it was about to begin, in milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Undefined: the worker was lost before it could write it. */
  readonly uploadId?: string | undefined;
  /** What it was begun with, as {@link digestOfUpload} has it: only an entry with the same goes on with it. */
  readonly beganWith?: string | undefined;
  /** Unfinished uploads of the key that may be the run's, and whose ids no ledger has. */
  readonly suspects?: readonly string[] | undefined;
  /** When COS was last asked for the suspects. */
  readonly lookedMs?: number | undefined;
}

/**
 * Tells whether an upload was begun with the same headers, of the same source, and in parts of the same size. ListParts does
 * not show the headers.
 */
export function digestOfUpload(entry: ManifestEntry, facts: SourceFacts, partSize: number): string {
  const text = JSON.stringify([entryId(entry), facts.size, facts.fingerprint, partSize]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Writes that an upload is about to begin, or what became of it. @param note the name of the upload in the list */
export async function noteUpload({ redis, keys }: Ledger, note: string, upload: UploadNote): Promise<void> {
  await redis.hset(keys.uploads, note, JSON.stringify(upload));
}

/** Removes an upload that is completed or aborted. */
export async function forgetUpload({ redis, keys }: Ledger, note: string): Promise<void> {
  await redis.hdel(keys.uploads, note);
}

/** The uploads of a key that the ledger has. */
export async function uploadsOfKey(
  ledger: Ledger,
  key: string,
): Promise<{ readonly note: string; readonly upload: UploadNote }[]> {
  const found: { note: string; upload: UploadNote }[] = [];
  for await (const [note, upload] of eachUpload(ledger)) {
    if (upload.key === key) found.push({ note, upload });
  }
  return found;
}

/** All uploads that are neither completed nor aborted. */
export async function* eachUpload({ redis, keys }: Ledger): AsyncGenerator<[string, UploadNote]> {
  for await (const fields of redis.hscanStream(keys.uploads, { count: 100 })) {
    const pairs = fields as string[];
    for (let index = 0; index + 1 < pairs.length; index += 2) {
      yield [pairs[index] ?? "", JSON.parse(pairs[index + 1] ?? "{}") as UploadNote];
    }
  }
}
