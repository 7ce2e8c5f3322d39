import type { ManifestEntry } from "../manifest/entry.ts";
import { smallUpTo } from "../transfer/small-border.ts";

/** An entry and its line in the manifest, from 1. */
export interface NumberedEntry {
  readonly line: number;
  readonly entry: ManifestEntry;
}

/** What becomes one job, or the first job of several. */
export type Group =
  | { readonly kind: "batch"; readonly number: number; readonly entries: readonly NumberedEntry[] }
  | ({ readonly kind: "large" } & NumberedEntry);

/** Where one batch ends and an object is large. All of it is kept with the run, so that the groups are the same again. */
export interface GroupLimits {
  /** Objects above this size, in bytes, or above 16 MiB are sent in parts of this size. */
  readonly partSize: number;
  /** Most objects of a batch. */
  readonly batchObjects: number;
  /** Most bytes of a batch, as far as sizes are known. */
  readonly batchBytes: number;
}

/**
 * Groups entries: small objects in batches, each large one alone. An entry of unknown size counts as small; the worker that
 * learns its size sends it in parts where needed. At most one batch is in memory.
 */
export async function* groupEntries(
  entries: AsyncIterable<NumberedEntry>,
  { partSize, batchObjects, batchBytes }: GroupLimits,
): AsyncGenerator<Group> {
  let number = 0;
  let batch: NumberedEntry[] = [];
  let bytes = 0;
  for await (const one of entries) {
    const size = one.entry.size ?? 0;
    if (size > smallUpTo(partSize)) {
      yield { kind: "large", ...one };
      continue;
    }
    if (batch.length > 0 && (batch.length >= batchObjects || bytes + size > batchBytes)) {
      yield { kind: "batch", number, entries: batch };
      number += 1;
      batch = [];
      bytes = 0;
    }
    batch.push(one);
    bytes += size;
  }
  if (batch.length > 0) yield { kind: "batch", number, entries: batch };
}
