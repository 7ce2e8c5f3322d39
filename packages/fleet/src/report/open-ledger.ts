import type { Redis } from "ioredis";
import { FleetError } from "../fleet-error.ts";
import { checkRunId } from "../jobs/ids.ts";
import { type FleetQueue, openQueue, type QueuePlace } from "../jobs/queue.ts";
import { type Ledger, ledgerOf } from "../ledger/ledger.ts";
import { latestRun } from "../ledger/run-info.ts";
import { connectRedis, type RedisPlace } from "../redis/connect.ts";

/** Which run of which queue a call is about. */
export interface RunPlace extends QueuePlace {
  /** Where Redis is. */
  readonly connection: RedisPlace;
  /** The run, as {@link enqueueUploads} returned it; default: the one that was enqueued last, and not one whose enqueuing stopped. */
  readonly run?: string | undefined;
}

/** An open connection to the ledger of a run. */
export interface OpenLedger {
  readonly ledger: Ledger;
  readonly queue: FleetQueue;
  readonly redis: Redis;
}

/** Opens the ledger of a run. The caller disconnects. @throws {FleetError} no Redis, or no run */
export async function openLedger(place: RunPlace): Promise<OpenLedger> {
  if (place.run !== undefined) checkRunId(place.run);
  const redis = await connectRedis(place.connection, "cosup-status");
  try {
    // It was checked when the run was enqueued, and BullMQ would print what it thinks of the settings now.
    const queue = openQueue(redis, place, { skipVersionCheck: true });
    const run = place.run ?? (await latestRun({ redis, prefix: queue.prefix }));
    if (run === undefined) throw new FleetError("run-unknown", "Redis has no run: enqueue a manifest first");
    return { ledger: ledgerOf(redis, queue.prefix, run), queue, redis };
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}
