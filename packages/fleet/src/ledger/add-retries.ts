import { encodeItems } from "../jobs/batch-codec.ts";
import { type JobName, objectOf } from "../jobs/ids.ts";
import { numberOf, Script } from "../redis/script.ts";
import type { Ledger } from "./ledger.ts";
import type { StoredFailure } from "./outcome.ts";

/** Keys: pending, failures, the hash that the work goes to. Returns how many of the failures were there. */
const RETRY = new Script(`
local name, job, work, now = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local found = 0
for i = 5, #ARGV do found = found + redis.call("HDEL", KEYS[2], ARGV[i]) end
if found == 0 then return 0 end
redis.call("HSET", KEYS[3], name, work)
redis.call("ZADD", KEYS[1], now, job)
return found`);

/** Makes one batch of failed small objects pending again. @returns its job; undefined: another call has done it */
export async function retryBatch(
  ledger: Ledger,
  failures: readonly StoredFailure[],
  now: number,
): Promise<JobName | undefined> {
  const { redis, keys } = ledger;
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
  return numberOf(found) === 0 ? undefined : name;
}

/** Makes a failed large object pending again. @returns its job; undefined: another call has done it */
export async function retryLarge(
  { redis, keys }: Ledger,
  { line, entry }: StoredFailure,
  now: number,
): Promise<JobName | undefined> {
  const name = objectOf(line);
  const job = `${name}.init`;
  const found = await RETRY.run(
    redis,
    [keys.pending, keys.failures, keys.large],
    [name, job, JSON.stringify(entry), now, line],
  );
  return numberOf(found) === 0 ? undefined : job;
}
