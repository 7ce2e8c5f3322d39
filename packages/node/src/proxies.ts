import type { ProxyAgent, Pool as UndiciPool } from "undici";
import { type Dispatcher, Pool } from "./undici.ts";

/** The connections through proxies. */
export interface Proxies {
  /** The dispatcher for requests through a proxy, made when the first of them needs it. */
  dispatcherFor(proxy: string): Promise<Dispatcher>;
  /** No request waits for a connection: makes no new ones of those that are there. Later requests have others. */
  retire(): void;
  /** Destroys every connection; requests under way are rejected. */
  destroy(): Promise<void>;
}

const CONNECTIONS_PER_ORIGIN = 128;

export function createProxies(): Proxies {
  const agents = new Map<string, Promise<ProxyAgent>>();
  const taken = (): Promise<ProxyAgent>[] => {
    const all = [...agents.values()];
    agents.clear();
    return all;
  };
  return {
    dispatcherFor: (proxy) => {
      let agent = agents.get(proxy);
      if (agent === undefined) {
        agent = createProxyAgent(proxy);
        agents.set(proxy, agent);
      }
      return agent;
    },
    retire: () => {
      for (const agent of taken()) void agent.then((each) => each.close());
    },
    destroy: async () => {
      await Promise.all(taken().map(async (agent) => (await agent).destroy()));
    },
  };
}

/** Loads undici's agent for proxies only now: programs without a proxy start as fast as before. */
async function createProxyAgent(uri: string): Promise<ProxyAgent> {
  // @ts-expect-error: undici declares types for its index only, which would also take over the global fetch
  const { default: AgentOf } = await import("undici/lib/dispatcher/proxy-agent.js");
  // @ts-expect-error: as above
  const { default: connect } = await import("undici/lib/api/api-connect.js");
  return new (AgentOf as typeof ProxyAgent)({
    uri,
    connections: CONNECTIONS_PER_ORIGIN,
    allowH2: false,
    pipelining: 1,
    // Proxies allow CONNECT to the port of HTTPS; requests to a plain server they forward.
    proxyTunnel: false,
    // The method that undici's index adds to every dispatcher.
    clientFactory: (origin: URL, options: UndiciPool.Options) =>
      Object.assign(new Pool(origin, options), { connect }),
  });
}
