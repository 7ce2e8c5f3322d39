import { createHash } from "node:crypto";
import type { PartResult } from "../transfer/types.ts";
import type { DoneRecord, LedgerRecord, UploadRecord } from "./ledger-records.ts";

/** An upload in parts that a run has begun and not ended. */
export interface UnfinishedUpload extends UploadRecord {
  /** The parts that COS holds, by their numbers. */
  readonly parts: Map<number, PartResult>;
}

/** What a ledger says of the runs so far: 16 bytes for each line of the manifest, and what is unfinished. */
export class LedgerState {
  /** The last line that may have been begun. */
  startedUpTo = 0;
  /** Unfinished uploads in parts, by their lines. */
  readonly uploads = new Map<number, UnfinishedUpload>();
  /** Ids of all uploads that were ever begun. */
  readonly uploadIds = new Set<string>();
  /** Keys of uploads that were about to be begun, by their lines. */
  readonly #begun = new Map<number, string>();
  /** Keys of those that were about to be begun once more before their id was known. */
  readonly #doubtful = new Set<string>();
  /** The id of each line that is done; 0: it is not. */
  #done = new BigUint64Array(1024);
  /** What the file of each line was, as a hash; 0: it is not known. */
  #files = new BigUint64Array(1024);

  /** Whether the entry of this line is done. One with another id is another entry. */
  isDone(line: number, id: string): boolean {
    return this.#done[line] === numberOf(id);
  }

  /** Whether the file of a line that is done was another one. Where that was not noted, it was not. */
  isChanged(line: number, fingerprint: string): boolean {
    const known = this.#files[line] ?? 0n;
    return known !== 0n && known !== hashOf(fingerprint);
  }

  /** Keys of which COS may have an upload whose id is unknown. */
  doubtfulKeys(): ReadonlySet<string> {
    return new Set([...this.#doubtful, ...this.#begun.values()]);
  }

  /** Adds what a line of the ledger says. */
  add(record: LedgerRecord): void {
    const { line } = record;
    // Of each record: somebody may have removed a damaged one that said so.
    this.startedUpTo = Math.max(this.startedUpTo, line);
    if (record.type === "done") this.#addDone(record);
    else if (record.type === "begin") this.#addBegin(line, record.key);
    else if (record.type === "part") this.uploads.get(line)?.parts.set(record.partNumber, partOf(record));
    else if (record.type === "end") this.uploads.delete(line);
    else if (record.type === "upload") {
      this.#begun.delete(line);
      this.uploadIds.add(record.uploadId);
      this.uploads.set(line, { ...record, parts: new Map() });
    }
  }

  #addBegin(line: number, key: string): void {
    const earlier = this.#begun.get(line);
    if (earlier !== undefined) this.#doubtful.add(earlier);
    this.#begun.set(line, key);
  }

  #addDone({ line, id, fingerprint }: DoneRecord): void {
    // One of another entry that had this line is still to be aborted.
    if (this.uploads.get(line)?.id === id) this.uploads.delete(line);
    if (line >= this.#done.length) {
      this.#done = grown(this.#done, line + 1);
      this.#files = grown(this.#files, line + 1);
    }
    this.#done[line] = numberOf(id);
    this.#files[line] = fingerprint === undefined ? 0n : hashOf(fingerprint);
  }
}

function grown(numbers: BigUint64Array, least: number): BigUint64Array<ArrayBuffer> {
  const larger = new BigUint64Array(Math.max(least, numbers.length * 2));
  larger.set(numbers);
  return larger;
}

function hashOf(fingerprint: string): bigint {
  return createHash("sha256").update(fingerprint).digest().readBigUInt64LE();
}

function numberOf(id: string): bigint {
  return BigInt(`0x${id}`);
}

function partOf({ partNumber, size, etag, crc64 }: PartResult): PartResult {
  return { partNumber, size, etag, crc64, sent: false };
}
