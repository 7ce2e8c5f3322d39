import type { Redis } from "ioredis";
import { readServer, type ServerState } from "../redis/check-server.ts";
import { serverKey } from "./keys.ts";
import { ledgerOf } from "./ledger.ts";
import { listRuns, markDoubtful } from "./run-info.ts";

/**
 * Compares the server with the one that the ledger was written with. After a restart without the append-only file, Redis has what
 * its last snapshot held, which may be hours old: each run that it still knows is then in doubt, so that COS is asked before
 * anything is sent.
 */
export async function noticeRestart(redis: Redis, prefix: string): Promise<ServerState> {
  const server = await readServer(redis);
  const key = serverKey(prefix);
  const known = await redis.get(key);
  if (known === server.serverId) return server;
  if (known !== null && !server.keepsEverything) {
    for (const run of await listRuns({ redis, prefix })) await markDoubtful(ledgerOf(redis, prefix, run));
  }
  // At last: another worker that finds it need not look.
  await redis.set(key, server.serverId);
  return server;
}

/** Looks for a restart of Redis once in each connection, before the first job of that connection begins. */
export class RestartWatch {
  readonly #redis: Redis;
  readonly #prefix: string;
  #looked: Promise<unknown> | undefined;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
    redis.on("close", () => {
      this.#looked = undefined;
    });
  }

  /** Resolves when the runs of this connection are in doubt if they have to be. */
  async looked(): Promise<void> {
    this.#looked ??= noticeRestart(this.#redis, this.#prefix).catch((error: unknown) => {
      this.#looked = undefined;
      throw error;
    });
    await this.#looked;
  }
}
