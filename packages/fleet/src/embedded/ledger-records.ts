import type { Failure } from "../transfer/failure.ts";
import type { ObjectResult, PartResult, SourceFacts } from "../transfer/types.ts";

/** The version of the format, in the first line. */
export const LEDGER_VERSION = 1;

/** The first line of a ledger. */
export interface LedgerHead {
  readonly cosupLedger: number;
  readonly bucket: string;
  /** What the run put before each key; undefined in ledgers of before there was this field. */
  readonly prefix?: string | undefined;
}

interface OfEntry {
  /** Of the manifest. */
  readonly line: number;
  /** What the line was: {@link entryId}. */
  readonly id: string;
}

/** The object is stored and verified. */
export type DoneRecord = OfEntry &
  ObjectResult & {
    readonly type: "done";
    /** What the file was; undefined for other sources, and in ledgers of before there was this field. */
    readonly fingerprint?: string | undefined;
    /** The absolute path of the file. */
    readonly path?: string | undefined;
  };

/** The entry has failed for this run; the next one tries it again. */
export type FailedRecord = OfEntry & Failure & { readonly type: "failed"; readonly key: string };

/** An upload in parts is about to be begun. */
export type BeginRecord = OfEntry & { readonly type: "begin"; readonly key: string };

/** It was begun. */
export interface UploadRecord extends OfEntry {
  readonly type: "upload";
  readonly key: string;
  readonly uploadId: string;
  readonly facts: SourceFacts;
  readonly partSize: number;
}

/** COS holds a part of it. */
export type PartRecord = PartResult & { readonly type: "part"; readonly line: number };

/** It was aborted, or COS no longer knows it. */
export interface EndRecord {
  readonly type: "end";
  readonly line: number;
}

/** Entries up to this line may have been begun by a run that was killed. */
export interface StartedRecord {
  readonly type: "started";
  readonly line: number;
}

/** A line of a ledger after the first. JSON, without secrets. */
export type LedgerRecord =
  | DoneRecord
  | FailedRecord
  | BeginRecord
  | UploadRecord
  | PartRecord
  | EndRecord
  | StartedRecord;
