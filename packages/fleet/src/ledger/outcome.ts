import { compress, decompress } from "../jobs/batch-codec.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import type { ObjectResult } from "../transfer/types.ts";

/** Why an object is not stored. It has no secret: URLs are without their query. */
export interface FailureReason {
  /** The `code` of a CosError, `worker-lost`, or `failed`. */
  readonly code: string;
  readonly message: string;
  /** What can be done, in one sentence. */
  readonly hint?: string | undefined;
}

/** An object that failed, as the ledger holds it, with what a retry needs. */
export interface StoredFailure extends FailureReason {
  readonly line: number;
  readonly entry: ManifestEntry;
  /** Attempts that were made. */
  readonly attempts: number;
}

/** What happened to an entry of a batch. */
export type Outcome =
  | { readonly kind: "done"; readonly result: ObjectResult }
  | { readonly kind: "failed"; readonly reason: FailureReason }
  /** It failed and is tried again. `counts`: as one of its attempts, which a refusal of too many requests does not. */
  | { readonly kind: "retry"; readonly counts: boolean; readonly reason: FailureReason }
  /** It turned out to be large. */
  | { readonly kind: "large" };

/** An object that is stored, and the line of the manifest that it comes from. */
export interface NumberedResult extends ObjectResult {
  readonly line: number;
}

type Row = readonly [number, string, number, string, string, 0 | 1, string?];

/** Results, compressed. */
export async function encodeResults(results: readonly NumberedResult[]): Promise<Buffer> {
  return compress(
    results.map(({ line, key, size, crc64, etag, sent, versionId }) => {
      const row: Row = [line, key, size, crc64, etag, sent ? 1 : 0];
      return JSON.stringify(versionId === undefined ? row : [...row, versionId]);
    }),
  );
}

/** Reads what {@link encodeResults} returned. */
export async function decodeResults(stored: Buffer): Promise<NumberedResult[]> {
  return (await decompress(stored)).map((text) => {
    const [line, key, size, crc64, etag, sent, versionId] = JSON.parse(text) as Row;
    return { line, key, size, crc64, etag, sent: sent === 1, ...(versionId !== undefined && { versionId }) };
  });
}
