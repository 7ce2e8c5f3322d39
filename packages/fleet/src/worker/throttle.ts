import type { Redis } from "ioredis";
import { throttleKeys } from "../ledger/keys.ts";
import { numberOf, Script } from "../redis/script.ts";

/**
 * Keys: until, level. Returns the milliseconds that all wait. Only the first worker that is throttled raises the level: the
 * others are throttled by the same burst.
 */
const SLOW_DOWN = new Script(`
local left = redis.call("PTTL", KEYS[1])
if left > 0 then return left end
local level = redis.call("INCR", KEYS[2])
local ms = math.min(tonumber(ARGV[1]) * 2 ^ (level - 1), tonumber(ARGV[2]))
redis.call("PEXPIRE", KEYS[2], math.floor(ms * 4 + 10000))
redis.call("SET", KEYS[1], "1", "PX", math.floor(ms))
return math.floor(ms)`);

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/** Makes all workers wait together when COS throttles one of them: a limit of BullMQ holds only for workers that have it. */
export class Throttle {
  readonly #redis: Redis;
  readonly #prefix: string;
  #until = 0;
  #asked = false;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Learns from Redis that all wait. */
  learn(waitMs: number): void {
    this.#until = Math.max(this.#until, Date.now() + waitMs);
  }

  /** Makes all workers of the bucket wait. @returns for how many milliseconds */
  async slowDown(bucket: string): Promise<number> {
    // A burst of refusals is one reason to wait.
    if (this.#asked || Date.now() < this.#until) return Math.max(0, this.#until - Date.now());
    this.#asked = true;
    try {
      const { until, level } = throttleKeys(this.#prefix, bucket);
      const waitMs = numberOf(
        await SLOW_DOWN.run(this.#redis, [until, level], [FIRST_PAUSE_MS, LONGEST_PAUSE_MS]),
      );
      this.learn(waitMs);
      return waitMs;
    } finally {
      this.#asked = false;
    }
  }

  /** Waits as long as all wait, and no longer than until the signal is aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    for (let left = this.#until - Date.now(); left > 0 && !signal.aborted; left = this.#until - Date.now()) {
      await pause(left, signal);
    }
  }
}

/** Resolves after a time, or when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
