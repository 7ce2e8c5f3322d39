/**
 * undici's agent for proxies. It is a file of its own in the package, loaded with the first request through a proxy. The
 * file has its own copy of undici's client, so the pools must be those of this file: two copies of undici do not mix.
 */
import type { Pool as UndiciPool, ProxyAgent as UndiciProxyAgent } from "undici";
// @ts-expect-error: undici declares types for its index only, which would also take over the global fetch
import connectOf from "undici/lib/api/api-connect.js";
// @ts-expect-error: as above
import symbols from "undici/lib/core/symbols.js";
// @ts-expect-error: as above
import PoolOf from "undici/lib/dispatcher/pool.js";
// @ts-expect-error: as above
import ProxyAgentOf from "undici/lib/dispatcher/proxy-agent.js";
import { letPausedResponsesEnd } from "./paused-end.ts";
import type { Dispatcher } from "./undici.ts";

/** Loads the parser of responses for this copy of undici. */
export { loadParsers } from "./parsers.ts";

/** undici's `ProxyAgent`. */
export const ProxyAgent: typeof UndiciProxyAgent = ProxyAgentOf;

/** undici's `Pool`. */
export const Pool: typeof UndiciPool = PoolOf;

/** The method `connect` that undici's index adds to every dispatcher. */
export const connect: (
  this: Dispatcher,
  options: Dispatcher.ConnectOptions,
) => Promise<Dispatcher.ConnectData> = connectOf;

/** Mends the parser of this copy of undici with the first connection of the pool, as our connector does for the other one. */
export function mendParsers(pool: UndiciPool): void {
  pool.once("connect", (_origin, targets: readonly object[]) => {
    const client = targets.at(-1) as Record<symbol, Record<symbol, object | null> | null> | undefined;
    const parser = client?.[symbols.kSocket]?.[symbols.kParser];
    if (parser) letPausedResponsesEnd(parser);
  });
}
