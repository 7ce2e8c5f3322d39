/**
 * The parts of undici that an upload needs. Its index also loads fetch, WebSocket, caches and mocks, which makes it
 * five times slower to load: most of what `import "@cosup/node"` would cost. The version is pinned, and a test holds
 * these paths.
 */
import type {
  Agent as UndiciAgent,
  buildConnector as UndiciBuildConnector,
  Client as UndiciClient,
  Pool as UndiciPool,
} from "undici";
// @ts-expect-error: undici declares types for its index only
import connectorOf from "undici/lib/core/connect.js";
// @ts-expect-error: undici declares types for its index only
import symbols from "undici/lib/core/symbols.js";
// @ts-expect-error: undici declares types for its index only
import AgentOf from "undici/lib/dispatcher/agent.js";
// @ts-expect-error: undici declares types for its index only
import ClientOf from "undici/lib/dispatcher/client.js";
// @ts-expect-error: undici declares types for its index only
import PoolOf from "undici/lib/dispatcher/pool.js";

export type { Agent as UndiciAgent, Dispatcher } from "undici";

/** undici's `Agent`. */
export const Agent: typeof UndiciAgent = AgentOf;

/** undici's `Client`: one connection. */
export const Client: typeof UndiciClient = ClientOf;

/** undici's `Pool`: the connections to one origin. */
export const Pool: typeof UndiciPool = PoolOf;

/** Where a `Client` keeps its socket, while it has one. */
export const kSocket: unique symbol = symbols.kSocket;

/** Where a socket keeps the parser of its responses. */
export const kParser: unique symbol = symbols.kParser;

/** undici's `buildConnector`. */
export const buildConnector: typeof UndiciBuildConnector = connectorOf;
