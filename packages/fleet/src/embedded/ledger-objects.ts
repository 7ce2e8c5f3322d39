import { open } from "node:fs/promises";
import type { ObjectResult } from "../transfer/types.ts";
import type { DoneRecord } from "./ledger-records.ts";
import { parseLine, wholeLines } from "./read-ledger.ts";

/** An object that a ledger knows as stored. */
export interface LedgerObject extends ObjectResult {
  /** Of the manifest, from 1 on. */
  readonly line: number;
}

/**
 * Reads the objects that the runs with a ledger have stored, with the CRC64 of each, in the order of their ends. An entry
 * that has changed and was stored again is there twice.
 * @throws {Error} the file cannot be read
 */
export async function* ledgerObjects(path: string): AsyncGenerator<LedgerObject, void, undefined> {
  const file = await open(path);
  try {
    for await (const line of wholeLines(file)) {
      const record = parseLine(line) as Partial<DoneRecord> | undefined;
      if (record?.type !== "done") continue;
      const { type: _, id: __, ...object } = record as DoneRecord;
      yield object;
    }
  } finally {
    await file.close();
  }
}
