/**
 * The parts of undici that an upload needs. Its index also loads fetch, WebSocket, caches and mocks, which makes it
 * five times slower to load: most of what `import "@cosup/node"` would cost. The version is pinned, and a test holds
 * these paths.
 */
import type { Dispatcher, Agent as UndiciAgent, buildConnector as UndiciBuildConnector } from "undici";
// @ts-expect-error: undici declares types for its index only
import requestOf from "undici/lib/api/api-request.js";
// @ts-expect-error: undici declares types for its index only
import connectorOf from "undici/lib/core/connect.js";
// @ts-expect-error: undici declares types for its index only
import AgentOf from "undici/lib/dispatcher/agent.js";

export type { Agent as UndiciAgent, Dispatcher } from "undici";

/** undici's `Agent`. */
export const Agent: typeof UndiciAgent = AgentOf;

/** undici's `buildConnector`. */
export const buildConnector: typeof UndiciBuildConnector = connectorOf;

/** `dispatcher.request(options)`, for any dispatcher: the method itself is added by undici's index. */
export function request(
  dispatcher: Dispatcher,
  options: Dispatcher.RequestOptions,
): Promise<Dispatcher.ResponseData> {
  return requestOf.call(dispatcher, options);
}
