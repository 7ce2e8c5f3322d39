import { FleetError } from "../fleet-error.ts";
import { digestOf, encodeItems } from "../jobs/batch-codec.ts";
import type { NumberedEntry } from "../jobs/group-entries.ts";
import { type JobName, objectOf } from "../jobs/ids.ts";
import { numberOf, Script } from "../redis/script.ts";
import type { Ledger } from "./ledger.ts";
import { renewSources } from "./renew-sources.ts";

/**
 * Keys: info, pending, digests, and the hash that the work goes to. Returns 1: added; 2: it is there, and its job must run;
 * 0: it was there, and nothing is left to do; -1: there is other work of that name. A run that gets more is not wholly enqueued, until
 * the end of the longer manifest is read.
 */
const ADD = new Script(`
local name, job, digest, work, now, objects, bytes = unpack(ARGV)
local known = redis.call("HGET", KEYS[3], name)
if known then
  if known ~= digest then return -1 end
  if redis.call("HEXISTS", KEYS[4], name) == 1 then return 2 end
  return 0
end
redis.call("HDEL", KEYS[1], "enqueued")
redis.call("HSET", KEYS[3], name, digest)
redis.call("HSET", KEYS[4], name, work)
redis.call("ZADD", KEYS[2], now, job)
redis.call("HINCRBY", KEYS[1], "objects", objects)
redis.call("HINCRBY", KEYS[1], "bytes", bytes)
return 1`);

/** A job that must run. */
export interface Added {
  readonly job: JobName;
  /** False: the ledger had it already. The queue may have lost it. */
  readonly isNew: boolean;
}

/**
 * Adds a batch of small objects.
 * @returns its job, if that must run; undefined: the batch is done
 * @throws {FleetError} `manifest-changed`
 */
export async function addBatch(
  ledger: Ledger,
  number: number,
  entries: readonly NumberedEntry[],
  now: number,
): Promise<Added | undefined> {
  const items = entries.map(({ line, entry }) => ({ line, entry, tries: 0, isRepeat: false }));
  const work = Buffer.concat([Buffer.from("1\n"), await encodeItems(items)]);
  const name = `b${number}`;
  return add(ledger, { name, job: name, hash: ledger.keys.batches, work, entries, now });
}

/**
 * Adds a large object.
 * @returns the job that begins it, unless the object is done
 * @throws {FleetError} `manifest-changed`
 */
export async function addLarge(
  ledger: Ledger,
  numbered: NumberedEntry,
  now: number,
): Promise<Added | undefined> {
  const name = objectOf(numbered.line);
  const work = JSON.stringify(numbered.entry);
  return add(ledger, {
    name,
    job: `${name}.init`,
    hash: ledger.keys.large,
    work,
    entries: [numbered],
    now,
  });
}

interface Work {
  readonly name: string;
  readonly job: JobName;
  readonly hash: string;
  readonly work: Buffer | string;
  readonly entries: readonly NumberedEntry[];
  readonly now: number;
}

async function add(ledger: Ledger, work: Work): Promise<Added | undefined> {
  const { redis, keys, run } = ledger;
  const { name, job, hash, entries, now } = work;
  const bytes = entries.reduce((sum, { entry }) => sum + (entry.size ?? 0), 0);
  const verdict = numberOf(
    await ADD.run(
      redis,
      [keys.info, keys.pending, keys.digests, hash],
      [name, job, digestOf(entries), work.work, now, entries.length, bytes],
    ),
  );
  if (verdict === 0 || verdict === 2) await renewSources(ledger, name, entries);
  if (verdict >= 0) return verdict === 0 ? undefined : { job, isNew: verdict === 1 };
  throw new FleetError(
    "manifest-changed",
    `run ${run} has other entries near line ${entries[0]?.line}: give the manifest that it was enqueued with, or another run`,
  );
}
