import { createHash } from "node:crypto";
import type { Redis } from "ioredis";

/** What a script takes: numbers are sent as text, buffers as they are. */
export type ScriptValue = string | number | Buffer;

/** A Lua script: what it does, Redis does at once or not at all. */
export class Script {
  readonly #lua: string;
  readonly #sha: string;

  constructor(lua: string) {
    this.#lua = lua;
    this.#sha = createHash("sha1").update(lua).digest("hex");
  }

  /** Runs it. Texts in the result are buffers, because some of them are compressed. */
  async run(redis: Redis, keys: readonly string[], values: readonly ScriptValue[]): Promise<unknown> {
    try {
      return await redis.callBuffer("EVALSHA", this.#sha, keys.length, ...keys, ...values);
    } catch (error) {
      // The first use since Redis started.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return redis.callBuffer("EVAL", this.#lua, keys.length, ...keys, ...values);
    }
  }
}

/** A number that a script returned. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return Number(String(value));
}
