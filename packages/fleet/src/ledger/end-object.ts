import { doneJob, lineOf } from "../jobs/ids.ts";
import { numberOf, Script } from "../redis/script.ts";
import type { ObjectResult } from "../transfer/types.ts";
import { partsKey } from "./keys.ts";
import type { Ledger } from "./ledger.ts";
import { type ObjectState, rangeJobs } from "./objects.ts";
import { encodeResults, type StoredFailure } from "./outcome.ts";

/** Keys: pending, large, states, starts, tries, parts, then what the caller writes to. Returns 0 when the object is done. */
const FORGET = `
if redis.call("HDEL", KEYS[2], object) == 0 then return 0 end
redis.call("HDEL", KEYS[3], object)
redis.call("DEL", KEYS[6])
local jobs = tonumber(ARGV[2])
for i = 3, 2 + jobs do
  redis.call("ZREM", KEYS[1], ARGV[i])
  redis.call("HDEL", KEYS[4], ARGV[i])
  redis.call("HDEL", KEYS[5], ARGV[i])
end
local rest = 3 + jobs
`;

const FINISH = new Script(`
local object = ARGV[1]
${FORGET}
redis.call("HSET", KEYS[8], object, ARGV[rest])
redis.call("HINCRBY", KEYS[7], "done", 1)
redis.call("HINCRBY", KEYS[7], "doneBytes", ARGV[rest + 1])
redis.call("HINCRBY", KEYS[7], "sent", ARGV[rest + 2])
return 1`);

/** The state must be that with which the failed job worked: another upload of the object may be all right. */
const FAIL = new Script(`
local object = ARGV[1]
local uploadId = ARGV[#ARGV]
local state = redis.call("HGET", KEYS[3], object)
if uploadId == "" then
  if state then return 0 end
elseif not state or string.sub(state, 1, #uploadId + 1) ~= uploadId .. "\\n" then
  return 0
end
${FORGET}
redis.call("HSET", KEYS[7], ARGV[rest], ARGV[rest + 1])
return 1`);

/**
 * Keys: pending, states, starts, tries, parts. Returns 1: begun again; 0: it has another upload by now; -1: it has begun too
 * often. The restarts are counted here, so that jobs of one upload that fail together count once.
 */
const RESTART = new Script(`
local object, uploadId, now, attempts = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local state = redis.call("HGET", KEYS[2], object)
if not state or string.sub(state, 1, #uploadId + 1) ~= uploadId .. "\\n" then return 0 end
if redis.call("HINCRBY", KEYS[4], object, 1) >= attempts then return -1 end
redis.call("HDEL", KEYS[2], object)
redis.call("DEL", KEYS[5])
for i = 5, #ARGV do
  redis.call("ZREM", KEYS[1], ARGV[i])
  redis.call("HDEL", KEYS[3], ARGV[i])
  redis.call("HDEL", KEYS[4], ARGV[i])
end
redis.call("ZADD", KEYS[1], now, object .. ".init")
return 1`);

/** Writes that COS holds the object. @returns false: it was written before */
export async function finishObject(
  ledger: Ledger,
  object: string,
  state: ObjectState | undefined,
  result: ObjectResult,
): Promise<boolean> {
  const { redis, keys } = ledger;
  const stored = await encodeResults([{ line: lineOf(object), ...result }]);
  const values = [...forgotten(object, state), stored, result.size, result.sent ? 1 : 0];
  return numberOf(await FINISH.run(redis, [...names(ledger, object), keys.info, keys.results], values)) === 1;
}

/**
 * Writes that the object failed.
 * @param state with which the failed job worked
 * @returns false: it was done, or failed, before, or has another upload by now
 */
export async function failObject(
  ledger: Ledger,
  object: string,
  state: ObjectState | undefined,
  failure: StoredFailure,
): Promise<boolean> {
  const values = [...forgotten(object, state), failure.line, JSON.stringify(failure), state?.uploadId ?? ""];
  const keys = [...names(ledger, object), ledger.keys.failures];
  return numberOf(await FAIL.run(ledger.redis, keys, values)) === 1;
}

/**
 * Begins the object again, because COS no longer knows its upload.
 * @returns `stale`: it was begun again already; `exhausted`: this was the last of its attempts
 */
export async function restartObject(
  ledger: Ledger,
  object: string,
  state: ObjectState,
  attempts: number,
  now: number,
): Promise<"restarted" | "stale" | "exhausted"> {
  const { redis, prefix, run, keys } = ledger;
  const parts = partsKey(prefix, run, object);
  const jobs = [...rangeJobs(state), doneJob(state.note)];
  const values = [object, state.uploadId, now, attempts, ...jobs];
  const used = [keys.pending, keys.states, keys.starts, keys.tries, parts];
  const verdict = numberOf(await RESTART.run(redis, used, values));
  return verdict === 1 ? "restarted" : verdict === 0 ? "stale" : "exhausted";
}

function names({ prefix, run, keys }: Ledger, object: string): string[] {
  const { pending, large, states, starts, tries } = keys;
  return [pending, large, states, starts, tries, partsKey(prefix, run, object)];
}

function forgotten(object: string, state: ObjectState | undefined): (string | number)[] {
  const ofUpload = state === undefined ? [] : [...rangeJobs(state), doneJob(state.note)];
  // Its restarts are counted under its own name.
  const jobs = [object, `${object}.init`, ...ofUpload];
  return [object, jobs.length, ...jobs];
}
