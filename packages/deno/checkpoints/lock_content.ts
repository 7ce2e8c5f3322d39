import { randomToken } from "./random_token.ts";

/**
 * What a lock file says of its holder, in the words of `@cosup/node`'s. The host's name is left empty, for which Node
 * goes by the heartbeat alone: Deno would need `--allow-sys` to know it.
 */
export interface LockContent {
  readonly pid: number;
  readonly hostname: "";
  readonly startedAt: string;
  /** Names this one taking of the lock. */
  readonly token: string;
  /** The holder keeps the system's lock on the file too: if nobody does, it is dead. */
  readonly advisory: true;
}

/** The content for a lock that this process takes. */
export function newContent(): LockContent {
  return {
    pid: Deno.pid,
    hostname: "",
    startedAt: new Date().toISOString(),
    token: randomToken(),
    advisory: true,
  };
}

/** What matters of another's content; `unreadable` stands for a torn or foreign one, as in `@cosup/node`. */
export function parseContent(text: string): { token: string; advisory: boolean } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { token, advisory } = (value ?? {}) as { token?: unknown; advisory?: unknown };
  // The token becomes part of a file name.
  const usable = typeof token === "string" && /^[0-9a-f]{1,32}$/.test(token);
  return { token: usable ? token : "unreadable", advisory: usable && advisory === true };
}
