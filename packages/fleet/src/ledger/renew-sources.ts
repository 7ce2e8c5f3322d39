import { type BatchItem, encodeItems } from "../jobs/batch-codec.ts";
import type { NumberedEntry } from "../jobs/group-entries.ts";
import { objectOf } from "../jobs/ids.ts";
import { isHttpSource } from "../manifest/check-source.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { numberOf, Script } from "../redis/script.ts";
import { readBatch } from "./batches.ts";
import type { Ledger } from "./ledger.ts";
import type { StoredFailure } from "./outcome.ts";

/** Keys: batches. A worker that has the batch in hand reads it again, because its version is another one. */
const RENEW_BATCH = new Script(`
local name, version, items = ARGV[1], ARGV[2], ARGV[3]
local stored = redis.call("HGET", KEYS[1], name)
if not stored or string.sub(stored, 1, #version + 1) ~= version .. "\\n" then return 0 end
redis.call("HSET", KEYS[1], name, (tonumber(version) + 1) .. "\\n" .. items)
return 1`);

/** Keys: a hash. Replaces a value that is still the same. */
const REPLACE = new Script(`
if redis.call("HGET", KEYS[1], ARGV[1]) == ARGV[2] then redis.call("HSET", KEYS[1], ARGV[1], ARGV[3]) end
return 1`);

/**
 * Gives entries that the ledger has, and that are not done, the URLs of a manifest that was made again: presigned ones expire, and
 * nothing but their query differs.
 * @param name of the batch, or of the large object
 */
export async function renewSources(
  ledger: Ledger,
  name: string,
  entries: readonly NumberedEntry[],
): Promise<void> {
  const urls = entries.filter(({ entry }) => isHttpSource(entry.source) && entry.source.includes("?"));
  if (urls.length === 0) return;
  const { large, failures } = ledger.keys;
  const byLine = new Map(urls.map(({ line, entry }) => [line, entry]));
  await renewBatch(ledger, name, byLine);
  await renewFields(ledger, large, urls, {
    fieldOf: objectOf,
    renewed: (_, entry) => entry,
  });
  await renewFields(ledger, failures, urls, {
    fieldOf: String,
    renewed: (text, entry) => ({ ...(JSON.parse(text) as StoredFailure), entry }),
  });
}

async function renewBatch(
  ledger: Ledger,
  name: string,
  byLine: ReadonlyMap<number, ManifestEntry>,
): Promise<void> {
  for (;;) {
    const batch = await readBatch(ledger, name);
    if (batch === undefined) return;
    const items = batch.items.map(
      (item): BatchItem => ({ ...item, entry: byLine.get(item.line) ?? item.entry }),
    );
    if (items.every(({ entry }, index) => entry.source === batch.items[index]?.entry.source)) return;
    const values = [name, batch.version, await encodeItems(items)];
    // A worker may have written meanwhile.
    if (numberOf(await RENEW_BATCH.run(ledger.redis, [ledger.keys.batches], values)) === 1) return;
  }
}

async function renewFields(
  { redis }: Ledger,
  hash: string,
  urls: readonly NumberedEntry[],
  {
    fieldOf,
    renewed,
  }: {
    readonly fieldOf: (line: number) => string;
    readonly renewed: (text: string, entry: ManifestEntry) => object;
  },
): Promise<void> {
  const stored = await redis.hmget(hash, ...urls.map(({ line }) => fieldOf(line)));
  for (const [index, { line, entry }] of urls.entries()) {
    const text = stored[index] ?? null;
    if (text === null) continue;
    await REPLACE.run(redis, [hash], [fieldOf(line), text, JSON.stringify(renewed(text, entry))]);
  }
}
