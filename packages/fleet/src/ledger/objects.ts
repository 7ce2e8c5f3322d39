import { doneJob, type JobName, rangeJob } from "../jobs/ids.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { numberOf, Script } from "../redis/script.ts";
import type { LargePlan, PartRange, PartResult, SourceFacts } from "../transfer/types.ts";
import { partsKey } from "./keys.ts";
import type { Ledger } from "./ledger.ts";

/** A large object under way. */
export interface ObjectState {
  readonly uploadId: string;
  readonly facts: SourceFacts;
  readonly plan: LargePlan;
  /** The field of the upload in the ledger's list of uploads. */
  readonly note: string;
  /** When the upload was about to begin, in milliseconds since the epoch. */
  readonly sinceMs: number;
}

/**
 * Keys: pending, large, states, starts, tries, uploads. The state begins with the upload id and a line feed, which the
 * scripts compare. Returns 1: the upload is that of the object; 0: another worker was faster, or the object is done.
 */
const BEGIN = new Script(`
local object, state, now, note, upload = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local init = object .. ".init"
redis.call("HSET", KEYS[6], note, upload)
if redis.call("HEXISTS", KEYS[2], object) == 0 then return 0 end
if redis.call("HSETNX", KEYS[3], object, state) == 0 then return 0 end
for i = 6, #ARGV do redis.call("ZADD", KEYS[1], "NX", now, ARGV[i]) end
redis.call("ZREM", KEYS[1], init)
redis.call("HDEL", KEYS[4], init)
redis.call("HDEL", KEYS[5], init)
return 1`);

/** The jobs of the ranges of an upload. */
export function rangeJobs({ note, plan }: Pick<ObjectState, "note" | "plan">): JobName[] {
  return plan.ranges.map(({ from }) => rangeJob(note, from));
}

/** The entry of a large object; undefined: it is done. */
export async function readLarge({ redis, keys }: Ledger, object: string): Promise<ManifestEntry | undefined> {
  const stored = await redis.hget(keys.large, object);
  return stored === null ? undefined : (JSON.parse(stored) as ManifestEntry);
}

/** How far a large object is; undefined: it was not begun. */
export async function readState({ redis, keys }: Ledger, object: string): Promise<ObjectState | undefined> {
  const stored = await redis.hget(keys.states, object);
  if (stored === null) return undefined;
  return JSON.parse(stored.slice(stored.indexOf("\n") + 1)) as ObjectState;
}

/** Makes the upload that of the object, unless another worker was faster. @param upload the text of the list of uploads */
export async function beginObject(
  { redis, keys }: Ledger,
  object: string,
  state: ObjectState,
  upload: string,
  now: number,
): Promise<boolean> {
  const names = [keys.pending, keys.large, keys.states, keys.starts, keys.tries, keys.uploads];
  const text = `${state.uploadId}\n${JSON.stringify(state)}`;
  const jobs = rangeJobs(state);
  return numberOf(await BEGIN.run(redis, names, [object, text, now, state.note, upload, ...jobs])) === 1;
}

/** Keys: states, parts, starts. Returns 0 when the object has another upload by now. */
const RECORD = new Script(`
local object, uploadId, job = ARGV[1], ARGV[2], ARGV[3]
local state = redis.call("HGET", KEYS[1], object)
if not state or string.sub(state, 1, #uploadId + 1) ~= uploadId .. "\\n" then return 0 end
redis.call("HSET", KEYS[2], ARGV[4], ARGV[5])
redis.call("HDEL", KEYS[3], job)
return 1`);

/** Writes that COS holds a part. */
export async function recordPart(
  { redis, prefix, run, keys }: Ledger,
  { object, uploadId, job }: { object: string; uploadId: string; job: string },
  part: PartResult,
): Promise<boolean> {
  const names = [keys.states, partsKey(prefix, run, object), keys.starts];
  const values = [object, uploadId, job, part.partNumber, JSON.stringify(part)];
  return numberOf(await RECORD.run(redis, names, values)) === 1;
}

/** The parts that COS holds, as far as they are recorded, in ascending order. */
export async function readParts(
  { redis, prefix, run }: Ledger,
  object: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<PartResult[]> {
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const stored = await redis.hmget(partsKey(prefix, run, object), ...numbers.map(String));
  return stored.flatMap((text) => (text === null ? [] : [JSON.parse(text) as PartResult]));
}

/**
 * Keys: pending, starts, tries, states, parts. Returns 1 when no part is missing. The job stays pending while a part of its range
 * is missing: another worker may have found out that COS does not hold it.
 */
const END_RANGE = new Script(`
local object, job, uploadId, count, now, done, from, to = unpack(ARGV)
local state = redis.call("HGET", KEYS[4], object)
local isCurrent = state and string.sub(state, 1, #uploadId + 1) == uploadId .. "\\n"
if isCurrent then
  for part = tonumber(from), tonumber(to) do
    if redis.call("HEXISTS", KEYS[5], part) == 0 then return 0 end
  end
end
redis.call("ZREM", KEYS[1], job)
redis.call("HDEL", KEYS[2], job)
redis.call("HDEL", KEYS[3], job)
if not isCurrent or redis.call("HLEN", KEYS[5]) < tonumber(count) then return 0 end
redis.call("ZADD", KEYS[1], "NX", now, done)
return 1`);

/** Says that a range is done. @returns whether all are, so that the object can be completed */
export async function endRange(
  { redis, prefix, run, keys }: Ledger,
  { object, job, state, range }: { object: string; job: JobName; state: ObjectState; range: PartRange },
  now: number,
): Promise<boolean> {
  const parts = partsKey(prefix, run, object);
  const names = [keys.pending, keys.starts, keys.tries, keys.states, parts];
  const { uploadId, plan, note } = state;
  const values = [object, job, uploadId, plan.partCount, now, doneJob(note), range.from, range.to];
  return numberOf(await END_RANGE.run(redis, names, values)) === 1;
}

/** Keys: pending, states, parts. */
const REOPEN = new Script(`
local object, uploadId, now, done, ranges = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local state = redis.call("HGET", KEYS[2], object)
if not state or string.sub(state, 1, #uploadId + 1) ~= uploadId .. "\\n" then return 0 end
for i = 6, 5 + ranges do redis.call("ZADD", KEYS[1], "NX", now, ARGV[i]) end
for i = 6 + ranges, #ARGV do redis.call("HDEL", KEYS[3], ARGV[i]) end
redis.call("ZREM", KEYS[1], done)
return 1`);

/** Says that COS does not hold these parts. @returns the jobs of their ranges, which must run again */
export async function reopenParts(
  { redis, prefix, run, keys }: Ledger,
  object: string,
  { uploadId, plan, note }: ObjectState,
  missing: readonly number[],
  now: number,
): Promise<string[]> {
  const jobs = plan.ranges
    .filter(({ from, to }) => missing.some((number) => number >= from && number <= to))
    .map(({ from }) => rangeJob(note, from));
  const names = [keys.pending, keys.states, partsKey(prefix, run, object)];
  const values = [object, uploadId, now, doneJob(note), jobs.length, ...jobs, ...missing];
  const reopened = await REOPEN.run(redis, names, values);
  return numberOf(reopened) === 1 ? jobs : [];
}
