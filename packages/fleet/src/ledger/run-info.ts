import { FleetError } from "../fleet-error.ts";
import { Script } from "../redis/script.ts";
import { runsKey } from "./keys.ts";
import { type Ledger, ledgerOf } from "./ledger.ts";

/** What a run is enqueued with. Enqueuing it again needs the same values, because they decide how entries are grouped. */
export interface RunSettings {
  /** BucketName-APPID of all objects. */
  readonly bucket: string;
  /** Objects above this size, or above 16 MiB, are sent in parts of this size, in bytes. */
  readonly partSize: number;
  /** Most objects of a job. */
  readonly batchObjects: number;
  /** Most bytes of a job. */
  readonly batchBytes: number;
  /** Attempts of an object before it counts as failed. */
  readonly attempts: number;
}

/** What the run itself remembers of it. */
export interface StoredSettings extends RunSettings {
  /** Name of the queue that its jobs are in. */
  readonly queue: string;
}

/** Counts of a run. */
export interface RunTotals {
  /** Objects that were enqueued. */
  readonly objects: number;
  /** Bytes of those whose size the manifest has. */
  readonly bytes: number;
  /** Objects that COS holds, verified. */
  readonly done: number;
  /** Bytes of these. */
  readonly doneBytes: number;
  /** Those of them that this run sent; COS held the others already. */
  readonly sent: number;
}

/** A run as the ledger has it. */
export interface RunInfo extends RunSettings, RunTotals {
  readonly run: string;
  /** Name of the queue that its jobs are in. */
  readonly queueName: string;
  /** Milliseconds since the epoch. */
  readonly createdMs: number;
  /** Whether the whole manifest was read. */
  readonly isEnqueued: boolean;
  /** Why enqueuing stopped before the end of the manifest; undefined: it did not, or goes on. */
  readonly enqueuingStopped?: string | undefined;
  /** Whether Redis may have lost a part of the ledger: COS is asked before anything is sent. */
  readonly isDoubtful: boolean;
}

const SETTINGS = ["queue", "bucket", "partSize", "batchObjects", "batchBytes", "attempts"] as const;

/**
 * Keys: info. Writes the settings that the run has not, all at once: of two calls with different ones, one is refused. Returns those
 * that it has.
 */
const CREATE = new Script(`
redis.call("HSETNX", KEYS[1], "createdMs", ARGV[1])
redis.call("HDEL", KEYS[1], "stopped")
local stored = {}
for i = 2, #ARGV, 2 do
  redis.call("HSETNX", KEYS[1], ARGV[i], ARGV[i + 1])
  stored[#stored + 1] = redis.call("HGET", KEYS[1], ARGV[i])
end
return stored`);

/**
 * Creates the run, or checks that it was created with the same settings.
 * @throws {FleetError} `run-differs`
 */
export async function createRun(ledger: Ledger, settings: StoredSettings, now: number): Promise<void> {
  const { redis, keys, prefix, run } = ledger;
  const fields = SETTINGS.flatMap((name) => [name, String(settings[name])]);
  const stored = ((await CREATE.run(redis, [keys.info], [now, ...fields])) as unknown[]).map(String);
  await redis.zadd(runsKey(prefix), "NX", now, run);
  const different = SETTINGS.find((name, index) => stored[index] !== String(settings[name]));
  if (different === undefined) return;
  const value = stored[SETTINGS.indexOf(different)];
  throw new FleetError(
    "run-differs",
    `run ${run} was enqueued with ${different} ${value}: give the same value, or another run`,
  );
}

/** The run, or undefined when Redis does not know it. */
export async function readRun({ redis, keys, run }: Ledger): Promise<RunInfo | undefined> {
  const fields = await redis.hgetall(keys.info);
  if (fields.bucket === undefined) return undefined;
  const number = (name: string): number => Number(fields[name] ?? 0);
  return {
    run,
    queueName: fields.queue ?? "",
    bucket: fields.bucket,
    partSize: number("partSize"),
    batchObjects: number("batchObjects"),
    batchBytes: number("batchBytes"),
    attempts: number("attempts"),
    createdMs: number("createdMs"),
    objects: number("objects"),
    bytes: number("bytes"),
    done: number("done"),
    doneBytes: number("doneBytes"),
    sent: number("sent"),
    isEnqueued: fields.enqueued === "1",
    ...(fields.stopped !== undefined && { enqueuingStopped: fields.stopped }),
    isDoubtful: fields.doubt === "1",
  };
}

/** Like {@link readRun}. @throws {FleetError} `run-unknown` */
export async function requireRun(ledger: Ledger): Promise<RunInfo> {
  const info = await readRun(ledger);
  if (info !== undefined) return info;
  throw new FleetError(
    "run-unknown",
    `Redis knows no run ${ledger.run}: give the run that enqueue printed; if Redis has lost it, enqueue again with recover`,
  );
}

/** Says that Redis may have lost results: from now on, each object is compared with what COS holds before it is sent. */
export async function markDoubtful({ redis, keys }: Ledger): Promise<void> {
  await redis.hset(keys.info, "doubt", 1);
}

/** Says that the whole manifest was read. */
export async function markEnqueued({ redis, keys }: Ledger): Promise<void> {
  await redis.multi().hset(keys.info, "enqueued", 1).hdel(keys.info, "stopped").exec();
}

/** Says why the rest of the manifest was not read. Of a run that was enqueued before, it does not matter. */
export async function markStopped({ redis, keys }: Ledger, why: string): Promise<void> {
  if ((await redis.hget(keys.info, "enqueued")) !== "1") await redis.hset(keys.info, "stopped", why);
}

/** All runs, the oldest first. */
export async function listRuns({ redis, prefix }: Pick<Ledger, "redis" | "prefix">): Promise<string[]> {
  return redis.zrange(runsKey(prefix), 0, -1);
}

/**
 * The run that was enqueued last, wholly or still; if there is none, the last one whose enqueuing stopped.
 * @param queue only runs of this queue
 */
export async function latestRun(
  place: Pick<Ledger, "redis" | "prefix">,
  queue?: string,
): Promise<string | undefined> {
  let stopped: string | undefined;
  for (const run of (await listRuns(place)).reverse()) {
    const info = await readRun(ledgerOf(place.redis, place.prefix, run));
    if (info === undefined || (queue !== undefined && info.queueName !== queue)) continue;
    if (info.enqueuingStopped === undefined) return run;
    stopped ??= run;
  }
  return stopped;
}
