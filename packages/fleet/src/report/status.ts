import { throttleKeys, workersKey } from "../ledger/keys.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type RunInfo, requireRun } from "../ledger/run-info.ts";
import { eachUpload } from "../ledger/uploads.ts";
import { openLedger, type RunPlace } from "./open-ledger.ts";

/** How far a run is. */
export interface FleetStatus extends RunInfo {
  /** Objects that failed for good; `retryFailed` tries them again. */
  readonly failed: number;
  /** Jobs of the run that must still end. */
  readonly pendingJobs: number;
  /** Whether the whole manifest was enqueued and nothing is pending. */
  readonly isFinished: boolean;
  /** Multipart uploads under way, those included that were left. */
  readonly uploads: number;
  /** Those of them whose ids no ledger has, or for a moment not yet: {@link fleetReport} lists them as `unsure`. */
  readonly unsureUploads: number;
  /** Jobs of all runs in the queue. */
  readonly queue: { readonly waiting: number; readonly active: number; readonly delayed: number };
  /** Workers that were alive in the last 15 seconds, as `HOST:PID`. */
  readonly workers: readonly string[];
  /** Milliseconds for which all workers wait, because COS throttled requests. */
  readonly throttledForMs: number;
}

const ALIVE_MS = 15_000;

/**
 * Reads how far a run is. A few requests of Redis, however large the run.
 * @throws {FleetError} Redis is missing, or does not know the run
 */
export async function fleetStatus(place: RunPlace): Promise<FleetStatus> {
  const { ledger, queue, redis } = await openLedger(place);
  try {
    const info = await requireRun(ledger);
    const { keys, prefix } = ledger;
    const [failed, pendingJobs, uploads, workers, throttled, counts] = await Promise.all([
      redis.hlen(keys.failures),
      redis.zcard(keys.pending),
      redis.hlen(keys.uploads),
      redis.zrange(workersKey(prefix), Date.now() - ALIVE_MS, "+inf", "BYSCORE"),
      redis.pttl(throttleKeys(prefix, info.bucket).until),
      queue.queue.getJobCounts("wait", "active", "delayed"),
    ]);
    return {
      ...info,
      failed,
      pendingJobs,
      uploads,
      unsureUploads: await countUnsure(ledger),
      isFinished: info.isEnqueued && pendingJobs === 0,
      workers,
      queue: { waiting: counts.wait ?? 0, active: counts.active ?? 0, delayed: counts.delayed ?? 0 },
      throttledForMs: Math.max(0, throttled),
    };
  } finally {
    redis.disconnect();
  }
}

/** The list has the uploads under way only: some of each worker. */
async function countUnsure(ledger: Ledger): Promise<number> {
  let count = 0;
  for await (const [, { uploadId, suspects }] of eachUpload(ledger)) {
    if (uploadId === undefined) count += suspects?.length ?? 1;
  }
  return count;
}
