import { setTimeout as sleep } from "node:timers/promises";
import { cosSourceOf } from "../manifest/check-source.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { failureOf } from "../transfer/failure.ts";
import { probeSource } from "../transfer/probe-source.ts";
import { smallUpTo } from "../transfer/small-border.ts";
import { transferSmall } from "../transfer/transfer-small.ts";
import type { SourceFacts } from "../transfer/types.ts";
import { isFileSource } from "./is-done.ts";
import type { Ledger } from "./ledger.ts";
import type { RunContext } from "./run-options.ts";
import type { Semaphore } from "./semaphore.ts";
import { type LedgerEntry, type StoredEntry, storeLarge } from "./store-large.ts";

/** An object of COS up to this size, in bytes, is copied by one request. */
const SMALL_COPY_BYTES = 64 * 1024 * 1024;

const FIRST_DELAY_MS = 500;
const MOST_DELAY_MS = 30_000;

/** What all entries of a run share. */
export interface EntryRun {
  readonly context: RunContext;
  readonly ledger: Ledger;
  /** For large objects. */
  readonly large: Semaphore;
}

/**
 * Stores the object of an entry, with as many attempts as the run has.
 * @param isRepeat whether an earlier run may have stored it
 * @throws what the last attempt has thrown
 */
export async function storeEntry(run: EntryRun, work: LedgerEntry, isRepeat: boolean): Promise<StoredEntry> {
  const { signal, attempts } = run.context;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await storeOnce(run, work, isRepeat || attempt > 1);
    } catch (error) {
      signal.throwIfAborted();
      if (failureOf(error).permanent || attempt >= attempts) throw error;
    }
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** attempt, MOST_DELAY_MS) * (0.5 + Math.random() / 2);
    await sleep(delayMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function storeOnce(
  { context, ledger, large }: EntryRun,
  work: LedgerEntry,
  isRepeat: boolean,
): Promise<StoredEntry> {
  const facts = await factsOf(context, work.entry);
  const size = facts?.size ?? work.entry.size ?? 0;
  if (size <= largeFrom(work.entry)) {
    const result = await transferSmall(context, work.entry, { isRepeat });
    return { result, facts, partsSent: result.sent ? 1 : 0, partsResumed: 0 };
  }
  return large.run(async () => {
    const known = facts ?? (await probeSource(context, work.entry));
    return storeLarge(context, ledger, work, { facts: known, isRepeat });
  });
}

function largeFrom({ source }: ManifestEntry): number {
  return cosSourceOf(source) === undefined ? smallUpTo(Number.POSITIVE_INFINITY) : SMALL_COPY_BYTES;
}

/** A small object whose size the manifest knows needs no request for it. */
async function factsOf(context: RunContext, entry: ManifestEntry): Promise<SourceFacts | undefined> {
  return isFileSource(entry.source) || entry.size === undefined ? probeSource(context, entry) : undefined;
}
