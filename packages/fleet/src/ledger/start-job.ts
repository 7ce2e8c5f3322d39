import type { JobName } from "../jobs/ids.ts";
import { numberOf, Script } from "../redis/script.ts";
import { throttleKeys } from "./keys.ts";
import type { Ledger } from "./ledger.ts";

/** Keys: info, pending, starts, throttled, batches, marks, tries. */
const START = new Script(`
local job = ARGV[1]
if not redis.call("ZSCORE", KEYS[2], job) then return {0} end
local starts = redis.call("HINCRBY", KEYS[3], job, 1)
return {1, starts, redis.call("PTTL", KEYS[4]), redis.call("HGET", KEYS[1], "doubt") or "0",
  redis.call("HGET", KEYS[5], job) or "", redis.call("HGET", KEYS[6], job) or "",
  redis.call("HEXISTS", KEYS[7], job), redis.call("HGET", KEYS[1], "createdMs") or "0"}`);

/** What a worker needs to know before it begins a job. */
export interface StartedJob {
  /** Starts since the job last made progress, this one included: one more than the workers that were lost with it. */
  readonly starts: number;
  /** Milliseconds for which all workers wait, because COS throttled; 0: none. */
  readonly waitMs: number;
  /** Whether COS is asked before anything is sent: the ledger may have lost results. */
  readonly isDoubtful: boolean;
  /** When the run was created: another one of the same name may have been before it. */
  readonly createdMs: number;
  /** Whether an attempt of the job failed. */
  readonly wasTried: boolean;
  /** The entries of a batch as {@link decodeBatch} reads them; empty for another job. */
  readonly batch: Buffer;
  /** What {@link markEntry} wrote: the line that a lost worker had in hand. */
  readonly mark: { readonly line: number; readonly losses: number } | undefined;
}

/** Counts a start of the job. Returns undefined when the job is done, or Redis has lost the run: nothing is to be done. */
export async function startJob(
  ledger: Ledger,
  job: JobName,
  bucket: string,
): Promise<StartedJob | undefined> {
  const { redis, prefix, keys } = ledger;
  const names = [keys.info, keys.pending, keys.starts, throttleKeys(prefix, bucket).until];
  const found = (await START.run(
    redis,
    [...names, keys.batches, keys.marks, keys.tries],
    [job],
  )) as unknown[];
  const [isPending, starts, waitMs, doubt, batch, mark, wasTried, createdMs] = found;
  if (numberOf(isPending) === 0) return undefined;
  const [line = 0, losses = 0] = String(mark).split(":").map(Number);
  return {
    starts: numberOf(starts),
    waitMs: Math.max(0, numberOf(waitMs)),
    isDoubtful: String(doubt) === "1",
    createdMs: numberOf(createdMs),
    wasTried: numberOf(wasTried) === 1,
    batch: Buffer.isBuffer(batch) ? batch : Buffer.alloc(0),
    mark: String(mark) === "" ? undefined : { line, losses },
  };
}

/** Writes which entry a careful worker has in hand, so that the entry is known if the worker does not survive it. */
export async function markEntry(
  { redis, keys }: Ledger,
  job: JobName,
  line: number,
  losses: number,
): Promise<void> {
  await redis.hset(keys.marks, job, `${line}:${losses}`);
}

/** Counts an attempt of a job that failed. @returns the failed attempts */
export async function countTry({ redis, keys }: Ledger, job: JobName): Promise<number> {
  return redis.hincrby(keys.tries, job, 1);
}

/** Says that a start ended in order, without a result: the worker was not lost with it. */
export async function forgetStart({ redis, keys }: Ledger, job: JobName): Promise<void> {
  await redis.hdel(keys.starts, job);
}

/**
 * Keys: pending, large, states, starts, tries. The job stays while it is needed: that which begins an object, while the object
 * has no upload; those of an upload, while it is that of the object.
 */
const DROP = new Script(`
local job, object, note = ARGV[1], ARGV[2], ARGV[3]
if redis.call("HEXISTS", KEYS[2], object) == 1 then
  local state = redis.call("HGET", KEYS[3], object)
  local current = ""
  if state then current = cjson.decode(string.sub(state, string.find(state, "\\n", 1, true) + 1)).note end
  if current == note then return 0 end
end
redis.call("ZREM", KEYS[1], job)
redis.call("HDEL", KEYS[4], job)
redis.call("HDEL", KEYS[5], job)
return 1`);

/** Says that a job of a large object has nothing to do, or nothing more. It stays if the ledger says otherwise by now. */
export async function dropJob(
  { redis, keys }: Ledger,
  job: JobName,
  { object, note = "" }: { readonly object: string; readonly note?: string },
): Promise<void> {
  const { pending, large, states, starts, tries } = keys;
  await DROP.run(redis, [pending, large, states, starts, tries], [job, object, note]);
}
