import type { PartResult } from "../transfer/types.ts";
import type { LedgerRecord, UploadRecord } from "./ledger-records.ts";

/** An upload in parts that a run has begun and not ended. */
export interface UnfinishedUpload extends UploadRecord {
  /** The parts that COS holds, by their numbers. */
  readonly parts: Map<number, PartResult>;
}

/** What a ledger says of the runs so far: 8 bytes for each line of the manifest, and what is unfinished. */
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

  /** Whether the entry of this line is done. One with another id is another entry. */
  isDone(line: number, id: string): boolean {
    return this.#done[line] === numberOf(id);
  }

  /** Keys of which COS may have an upload whose id is unknown. */
  doubtfulKeys(): ReadonlySet<string> {
    return new Set([...this.#doubtful, ...this.#begun.values()]);
  }

  /** Adds what a line of the ledger says. */
  add(record: LedgerRecord): void {
    const { line } = record;
    if (record.type === "done") this.#addDone(line, record.id);
    else if (record.type === "started") this.startedUpTo = Math.max(this.startedUpTo, line);
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

  #addDone(line: number, id: string): void {
    // One of another entry that had this line is still to be aborted.
    if (this.uploads.get(line)?.id === id) this.uploads.delete(line);
    if (line >= this.#done.length) {
      const larger = new BigUint64Array(Math.max(line + 1, this.#done.length * 2));
      larger.set(this.#done);
      this.#done = larger;
    }
    this.#done[line] = numberOf(id);
  }
}

function numberOf(id: string): bigint {
  return BigInt(`0x${id}`);
}

function partOf({ partNumber, size, etag, crc64 }: PartResult): PartResult {
  return { partNumber, size, etag, crc64, sent: false };
}
