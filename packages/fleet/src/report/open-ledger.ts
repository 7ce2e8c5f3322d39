import type { Redis } from "ioredis";
import { FleetError } from "../fleet-error.ts";
import { checkRunId } from "../jobs/ids.ts";
import { checkQueueName, type FleetQueue, openQueue, type QueuePlace } from "../jobs/queue.ts";
import { type Ledger, ledgerOf } from "../ledger/ledger.ts";
import { latestRun, readRun } from "../ledger/run-info.ts";
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
  checkQueueName(place.queue);
  const redis = await connectRedis(place.connection, "cosup-status");
  try {
    const prefix = place.prefix ?? "cosup";
    const run = place.run ?? (await lastRun(redis, prefix, place.queue));
    const ledger = ledgerOf(redis, prefix, run);
    // It was checked when the run was enqueued, and BullMQ would print what it thinks of the settings now.
    const own = { skipVersionCheck: true };
    const queue = openQueue(redis, { prefix, queue: await queueOf(ledger, place.queue) }, own);
    return { ledger, queue, redis };
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** The run that was enqueued last, in this queue if one is given. */
async function lastRun(redis: Redis, prefix: string, queue: string | undefined): Promise<string> {
  const run = await latestRun({ redis, prefix }, queue);
  if (run !== undefined) return run;
  const where = queue === undefined ? "Redis has no run" : `Redis has no run in queue ${queue}`;
  throw new FleetError("run-unknown", `${where}: enqueue a manifest first`);
}

/** The queue that the run remembers. */
async function queueOf(ledger: Ledger, given: string | undefined): Promise<string | undefined> {
  const info = await readRun(ledger);
  if (info === undefined || given === undefined || info.queueName === given) return info?.queueName ?? given;
  throw new FleetError(
    "run-differs",
    `run ${ledger.run} was enqueued with queue ${info.queueName}: give the same value, or none`,
  );
}
