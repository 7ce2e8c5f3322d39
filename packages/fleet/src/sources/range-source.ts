import type { SourceFacts } from "../transfer/types.ts";

/** A source whose bytes pass through this process, opened for some of its ranges. */
export interface RangeSource {
  /** What it was when it was opened. */
  readonly facts: SourceFacts;
  /**
   * Fills `bytes` with those from `start` on.
   * @throws {TransferError} `source-changed`: it is no longer what `facts` say; others: it cannot be read
   */
  read(start: number, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Frees what it holds. */
  close(): Promise<void>;
}
