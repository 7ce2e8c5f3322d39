import { encodeItems } from "../jobs/batch-codec.ts";
import { type JobName, objectOf } from "../jobs/ids.ts";
import { numberOf, Script } from "../redis/script.ts";
import type { Ledger } from "./ledger.ts";
import type { StoredFailure } from "./outcome.ts";

/**
 * Keys: pending, failures, the hash that the work goes to. Takes all of the failures, or none. Returns, for each of them, 1 if it
 * was there.
 */
const RETRY = new Script(`
local name, job, work, now = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local found, all = {}, true
for i = 5, #ARGV do
  local there = redis.call("HEXISTS", KEYS[2], ARGV[i])
  found[i - 4] = there
  all = all and there == 1
end
if not all then return found end
for i = 5, #ARGV do redis.call("HDEL", KEYS[2], ARGV[i]) end
redis.call("HSET", KEYS[3], name, work)
redis.call("ZADD", KEYS[1], now, job)
return found`);

/** What was made pending again. */
export interface Retried {
  readonly job: JobName;
  readonly objects: number;
}

/**
 * Makes one batch of failed small objects pending again: those that no other call has taken.
 * @param failures the same one may come twice
 * @returns undefined: other calls have taken all of them
 */
export async function retryBatch(
  ledger: Ledger,
  failures: readonly StoredFailure[],
  now: number,
): Promise<Retried | undefined> {
  let left = [...new Map(failures.map((failure) => [failure.line, failure])).values()];
  while (left.length > 0) {
    const { name, found } = await takeBatch(ledger, left, now);
    if (!found.includes(0)) return { job: name, objects: left.length };
    left = left.filter((_, index) => found[index] === 1);
  }
  return undefined;
}

async function takeBatch(
  { redis, keys }: Ledger,
  failures: readonly StoredFailure[],
  now: number,
): Promise<{ readonly name: JobName; readonly found: readonly number[] }> {
  const name = `t${await redis.hincrby(keys.info, "retries", 1)}`;
  // COS may hold an object whose attempts failed.
  const items = failures.map(({ line, entry }) => ({ line, entry, tries: 0, isRepeat: true }));
  const work = Buffer.concat([Buffer.from("1\n"), await encodeItems(items)]);
  const lines = failures.map(({ line }) => line);
  const found = await RETRY.run(
    redis,
    [keys.pending, keys.failures, keys.batches],
    [name, name, work, now, ...lines],
  );
  return { name, found: (found as unknown[]).map(numberOf) };
}

/** Makes a failed large object pending again. @returns its job; undefined: another call has done it */
export async function retryLarge(
  { redis, keys }: Ledger,
  { line, entry }: StoredFailure,
  now: number,
): Promise<Retried | undefined> {
  const name = objectOf(line);
  const job = `${name}.init`;
  const found = await RETRY.run(
    redis,
    [keys.pending, keys.failures, keys.large],
    [name, job, JSON.stringify(entry), now, line],
  );
  return numberOf((found as unknown[])[0]) === 0 ? undefined : { job, objects: 1 };
}
