/** Why a ledger cannot be used. Codes may be added. */
export type LedgerErrorCode = "ledger-locked" | "ledger-unusable" | "ledger-foreign";

/** The ledger of a run cannot be used. Nothing was sent. */
export class LedgerError extends Error {
  /** The name of the class. */
  override readonly name = "LedgerError";
  /** What is wrong, for programs. */
  readonly code: LedgerErrorCode;

  /** Created by {@link runManifest}. */
  constructor(code: LedgerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
