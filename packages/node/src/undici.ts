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
import parts from "./undici-parts.cjs";

export type { Agent as UndiciAgent, Dispatcher } from "undici";

/** undici's `Agent`. */
export const Agent: typeof UndiciAgent = parts.Agent;

/** undici's `Client`: one connection. */
export const Client: typeof UndiciClient = parts.Client;

/** undici's `Pool`: the connections to one origin. */
export const Pool: typeof UndiciPool = parts.Pool;

/** Where a `Client` keeps its socket, while it has one. */
export const kSocket: unique symbol = parts.kSocket;

/** Where a socket keeps the parser of its responses. */
export const kParser: unique symbol = parts.kParser;

/** undici's `buildConnector`. */
export const buildConnector: typeof UndiciBuildConnector = parts.buildConnector;
