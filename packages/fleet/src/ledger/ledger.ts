import type { Redis } from "ioredis";
import { type RunKeys, runKeys } from "./keys.ts";

/** What Redis holds of one run. It decides what is done; the queue only says who works at what. */
export interface Ledger {
  readonly redis: Redis;
  /** That of the queue's keys. */
  readonly prefix: string;
  readonly run: string;
  readonly keys: RunKeys;
}

/** The ledger of a run, which may not exist yet. */
export function ledgerOf(redis: Redis, prefix: string, run: string): Ledger {
  return { redis, prefix, run, keys: runKeys(prefix, run) };
}
