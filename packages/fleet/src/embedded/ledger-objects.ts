import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { ObjectResult } from "../transfer/types.ts";
import type { DoneRecord } from "./ledger-records.ts";
import { parseLine, wholeLines } from "./read-ledger.ts";

/** An object that a ledger knows as stored. */
export interface LedgerObject extends ObjectResult {
  /** Of the manifest, from 1 on. */
  readonly line: number;
  /** The absolute path of its file; undefined for URLs and objects of COS, and in ledgers of before there was this field. */
  readonly path?: string | undefined;
}

/**
 * Reads the objects that the runs with a ledger have stored, with the CRC64 of each, in the order of their ends. Of an
 * object that was stored more than once, the last time counts. The file is read twice.
 * @throws {Error} the file cannot be read
 */
export async function* ledgerObjects(path: string): AsyncGenerator<LedgerObject, void, undefined> {
  const file = await open(path);
  try {
    const last = new Map<bigint, number>();
    let count = 0;
    for await (const { key } of doneRecords(file)) last.set(idOf(key), ++count);
    let number = 0;
    for await (const record of doneRecords(file)) {
      // What another run has added meanwhile is not among those counted.
      if (++number > count) return;
      const { type: _, id: __, fingerprint: ___, ...object } = record;
      if (last.get(idOf(record.key)) === number) yield object;
    }
  } finally {
    await file.close();
  }
}

async function* doneRecords(file: FileHandle): AsyncGenerator<DoneRecord, void, undefined> {
  for await (const line of wholeLines(file)) {
    const record = parseLine(line) as Partial<DoneRecord> | undefined;
    if (record?.type === "done") yield record as DoneRecord;
  }
}

/** Half the memory of the key itself. */
function idOf(key: string): bigint {
  return createHash("sha256").update(key).digest().readBigUInt64LE();
}
