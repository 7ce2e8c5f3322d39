import type { Redis } from "ioredis";
import { ledgerOf } from "../ledger/ledger.ts";
import { type RunInfo, readRun } from "../ledger/run-info.ts";

const KEPT_MS = 30_000;

/**
 * What runs were enqueued with, which does not change: one request of Redis for many jobs. After a loss of Redis, or when its keys
 * were deleted, a name may stand for another run: `createdMs` tells.
 */
export class RunSettingsCache {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #known = new Map<string, { info: RunInfo; readMs: number }>();

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /**
   * The run; undefined: Redis does not know it. Its totals may be old.
   * @param createdMs that of the run which is meant; undefined: any
   */
  async read(run: string, createdMs?: number): Promise<RunInfo | undefined> {
    const known = this.#known.get(run);
    const isMeant = createdMs === undefined || known?.info.createdMs === createdMs;
    if (known !== undefined && isMeant && Date.now() - known.readMs < KEPT_MS) return known.info;
    const info = await readRun(ledgerOf(this.#redis, this.#prefix, run));
    if (info === undefined) this.#known.delete(run);
    else this.#known.set(run, { info, readMs: Date.now() });
    return info;
  }
}
