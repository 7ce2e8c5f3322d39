import type { Redis } from "ioredis";
import { ledgerOf } from "../ledger/ledger.ts";
import { type RunInfo, readRun } from "../ledger/run-info.ts";

const KEPT_MS = 30_000;

/** What runs were enqueued with, which does not change: one request of Redis for many jobs. */
export class RunSettingsCache {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #known = new Map<string, { info: RunInfo; readMs: number }>();

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** The run; undefined: Redis does not know it. Its totals may be old. */
  async read(run: string): Promise<RunInfo | undefined> {
    const known = this.#known.get(run);
    if (known !== undefined && Date.now() - known.readMs < KEPT_MS) return known.info;
    const info = await readRun(ledgerOf(this.#redis, this.#prefix, run));
    if (info === undefined) this.#known.delete(run);
    else this.#known.set(run, { info, readMs: Date.now() });
    return info;
  }
}
