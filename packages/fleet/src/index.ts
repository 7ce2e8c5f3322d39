/**
 * Uploads to Tencent Cloud COS from a manifest: on one machine with a ledger file (`@cosup/fleet/embedded`), or on many
 * with Redis and BullMQ.
 *
 * @module
 */
export type { FleetErrorCode } from "./fleet-error.ts";
export { FleetError } from "./fleet-error.ts";
export type { EnqueueResult } from "./jobs/enqueue.ts";
export { enqueueUploads } from "./jobs/enqueue.ts";
export type { EnqueueOptions } from "./jobs/enqueue-options.ts";
export type { NumberedEntry } from "./jobs/group-entries.ts";
export type { QueuePlace } from "./jobs/queue.ts";
export type { RunInfo, RunSettings, RunTotals } from "./ledger/run-info.ts";
export type { ManifestEntry } from "./manifest/entry.ts";
export type { RedisPlace } from "./redis/connect.ts";
export type { RunPlace } from "./report/open-ledger.ts";
export { fleetReport, type ReportRow } from "./report/report.ts";
export { retryFailed } from "./report/retry-failed.ts";
export { type FleetStatus, fleetStatus } from "./report/status.ts";
export type * from "./transfer/types.ts";
export * from "./worker/index.ts";
