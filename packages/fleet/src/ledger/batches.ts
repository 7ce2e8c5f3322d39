import { type Batch, type BatchItem, decodeBatch, encodeItems } from "../jobs/batch-codec.ts";
import { type JobName, objectOf } from "../jobs/ids.ts";
import { numberOf, Script } from "../redis/script.ts";
import type { Ledger } from "./ledger.ts";
import { encodeResults, type NumberedResult, type StoredFailure } from "./outcome.ts";

/**
 * Keys: info, pending, batches, results, failures, starts, marks, large. Returns 1: written; 0: another worker has written
 * since this batch was read; -1: the batch is done, or lost.
 */
const COMMIT = new Script(`
local job, version, rest, results = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local done, bytes, sent, now = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local stored = redis.call("HGET", KEYS[3], job)
if not stored then return -1 end
local at = string.find(stored, "\\n", 1, true)
if string.sub(stored, 1, at - 1) ~= version then return 0 end
if results ~= "" then redis.call("HSET", KEYS[4], job .. "." .. version, results) end
redis.call("HINCRBY", KEYS[1], "done", done)
redis.call("HINCRBY", KEYS[1], "doneBytes", bytes)
redis.call("HINCRBY", KEYS[1], "sent", sent)
local failures = tonumber(ARGV[9])
local last = 9 + 2 * failures
for i = 10, last, 2 do redis.call("HSET", KEYS[5], ARGV[i], ARGV[i + 1]) end
for i = last + 1, #ARGV, 2 do
  redis.call("HSETNX", KEYS[8], ARGV[i], ARGV[i + 1])
  redis.call("ZADD", KEYS[2], "NX", now, ARGV[i] .. ".init")
end
redis.call("HDEL", KEYS[6], job)
redis.call("HDEL", KEYS[7], job)
if rest == "" then
  redis.call("HDEL", KEYS[3], job)
  redis.call("ZREM", KEYS[2], job)
else
  redis.call("HSET", KEYS[3], job, (tonumber(version) + 1) .. "\\n" .. rest)
end
return 1`);

/** What a worker did with a batch. */
export interface BatchCommit {
  readonly job: JobName;
  /** That of the batch when it was read. */
  readonly version: number;
  readonly results: readonly NumberedResult[];
  readonly failures: readonly StoredFailure[];
  /** Entries that turned out to be large. */
  readonly large: readonly BatchItem[];
  /** Entries that are still to be sent. */
  readonly rest: readonly BatchItem[];
  readonly now: number;
}

/**
 * Writes what happened, all at once.
 * @returns `stale`: another worker has done a part of the batch in the meantime; read it again. `gone`: it is done
 */
export async function commitBatch(
  ledger: Ledger,
  commit: BatchCommit,
): Promise<"written" | "stale" | "gone"> {
  const { redis, keys } = ledger;
  const { job, version, results, failures, large, rest, now } = commit;
  const verdict = await COMMIT.run(
    redis,
    [keys.info, keys.pending, keys.batches, keys.results, keys.failures, keys.starts, keys.marks, keys.large],
    [
      job,
      version,
      rest.length === 0 ? "" : await encodeItems(rest),
      results.length === 0 ? "" : await encodeResults(results),
      results.length,
      results.reduce((sum, { size }) => sum + size, 0),
      results.filter(({ sent }) => sent).length,
      now,
      failures.length,
      ...failures.flatMap((failure) => [failure.line, JSON.stringify(failure)]),
      ...large.flatMap(({ line, entry }) => [objectOf(line), JSON.stringify(entry)]),
    ],
  );
  const code = numberOf(verdict);
  return code === 1 ? "written" : code === 0 ? "stale" : "gone";
}

/** The batch as it is now; undefined: it is done. */
export async function readBatch({ redis, keys }: Ledger, job: JobName): Promise<Batch | undefined> {
  const stored = await redis.hgetBuffer(keys.batches, job);
  return stored === null ? undefined : decodeBatch(stored);
}
