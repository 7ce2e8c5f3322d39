import { TransferError } from "../errors.ts";
import { cosSourceOf, isHttpSource } from "../manifest/check-source.ts";
import { probeFile } from "../sources/file-source.ts";
import type { LedgerState } from "./ledger-state.ts";

/** Whether a source is a file, and no URL or object. */
export function isFileSource(source: string): boolean {
  return !isHttpSource(source) && cosSourceOf(source) === undefined;
}

/**
 * Whether the ledger has the entry, and its file is still what was stored: its size and time are compared, without opening
 * it. A URL or an object of COS would cost a request, and is not asked. A file that is gone is stored all the same.
 * @param id of the entry
 */
export async function isDone(
  state: LedgerState,
  { line, id, source }: { readonly line: number; readonly id: string; readonly source: string },
): Promise<boolean> {
  if (!state.isDone(line, id)) return false;
  if (!isFileSource(source)) return true;
  try {
    return !state.isChanged(line, (await probeFile(source)).fingerprint);
  } catch (error) {
    // Of any other failure, the attempt to send it says the reason.
    return error instanceof TransferError && error.code === "source-not-found";
  }
}
