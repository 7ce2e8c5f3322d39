/**
 * Runs a manifest on one machine, with a ledger file and without Redis.
 *
 * @module
 */
export { TransferError, type TransferErrorCode, type TransferErrorOptions } from "../errors.ts";
export type { ManifestEntry } from "../manifest/entry.ts";
export { ManifestError, type ManifestErrorCode } from "../manifest/manifest-error.ts";
export type { ManifestInput } from "../manifest/manifest-lines.ts";
export type { ManifestOptions } from "../manifest/read-manifest.ts";
export type { Failure } from "../transfer/failure.ts";
export type { ObjectResult } from "../transfer/types.ts";
export { LedgerError, type LedgerErrorCode } from "./ledger-error.ts";
export { type LedgerObject, ledgerObjects } from "./ledger-objects.ts";
export { type PlannedObject, type PlanOptions, planManifest } from "./plan-manifest.ts";
export { runManifest } from "./run-manifest.ts";
export type {
  PossibleOrphan,
  RunFailure,
  RunObject,
  RunOptions,
  RunProgress,
  RunResult,
  UnfinishedObject,
} from "./run-options.ts";
