import { EXIT } from "./exit-codes.ts";

/** The exit code of each error of a manifest's entry that is no CosError. */
const BY_CODE: Readonly<Record<string, number>> = {
  "source-not-found": EXIT.source,
  "source-unreadable": EXIT.source,
  "source-refused": EXIT.source,
  "ranges-unsupported": EXIT.source,
  "source-encoded": EXIT.source,
  "source-without-version": EXIT.source,
  "too-large": EXIT.source,
  "source-unavailable": EXIT.temporary,
  "parts-missing": EXIT.temporary,
  "upload-gone": EXIT.temporary,
  "source-changed": EXIT.integrity,
  "source-size": EXIT.integrity,
  unverified: EXIT.integrity,
  "ledger-locked": EXIT.locked,
  "ledger-foreign": EXIT.usage,
};

/** Returns the code, the exit code and the parameter of an error of `@cosup/fleet`, by its name: that package is loaded on demand. */
export function classifyFleetError(
  error: unknown,
): { readonly code: string; readonly exitCode: number; readonly parameter?: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "ManifestError") return { code: "manifest-line", exitCode: EXIT.usage };
  if (error.name !== "TransferError" && error.name !== "LedgerError") return undefined;
  const { code } = error as Error & { readonly code: string };
  // Named beside the message: it says to give another one.
  const ofFlag = code === "ledger-foreign" ? { parameter: "ledger" } : {};
  return { code, exitCode: BY_CODE[code] ?? EXIT.failed, ...ofFlag };
}
