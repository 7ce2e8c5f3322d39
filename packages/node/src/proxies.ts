import { errorCode } from "@cosup/core/runtime";
import type { ProxyAgent, Pool as UndiciPool } from "undici";
import { onDemand } from "./on-demand.ts";
import { NO_TUNNEL } from "./transport-error.ts";
import type { Dispatcher } from "./undici.ts";

/** The connections through proxies. */
export interface Proxies {
  /** The dispatcher for requests through a proxy, created with the first of them. */
  dispatcherFor(proxy: string): Promise<Dispatcher>;
  /**
   * Call it when no request waits for a connection any more. Connections are destroyed, also those that wait for their
   * tunnel, unless the body of a response may still be read over them. Later requests get new ones.
   */
  retire(): void;
  /** The body of a response is read over one of these connections. */
  noteStreamed(): void;
  /** Destroys every connection; requests under way are rejected. */
  destroy(): Promise<void>;
}

const CONNECTIONS_PER_ORIGIN = 128;

export function createProxies(): Proxies {
  const agents = new Map<string, Promise<ProxyAgent>>();
  const retired = new Set<Promise<ProxyAgent>>();
  let streamed = false;
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
        agent.catch(() => agents.delete(proxy));
      }
      return agent;
    },
    retire: () => {
      for (const agent of taken()) {
        retired.add(agent);
        const end = agent.then((each) => (streamed ? each.close() : each.destroy()));
        void end.catch(() => {}).finally(() => retired.delete(agent));
      }
    },
    noteStreamed: () => {
      streamed = true;
    },
    destroy: async () => {
      // One that could not be created has nothing to destroy.
      await Promise.allSettled([...retired, ...taken()].map(async (agent) => (await agent).destroy()));
    },
  };
}

const load = onDemand(() => import("./proxy-agent.ts"), "./proxy-agent.js");

async function createProxyAgent(uri: string): Promise<ProxyAgent> {
  const { ProxyAgent: AgentOf, Pool, connect, loadParsers, mendParsers } = await load();
  await loadParsers();
  return new AgentOf({
    ...withToken(uri),
    connections: CONNECTIONS_PER_ORIGIN,
    allowH2: false,
    pipelining: 1,
    // Proxies allow CONNECT to the port of HTTPS only; they forward requests to a plain server.
    proxyTunnel: false,
    clientFactory: (origin: URL, options: UndiciPool.Options) => {
      const pool = Object.assign(new Pool(origin, options), { connect: tunnel(connect) });
      mendParsers(pool);
      return pool;
    },
  });
}

/** undici sends a user name without a password to no HTTP proxy, so the header is made here. */
function withToken(uri: string): { uri: string; token?: string } {
  const { protocol, username, password, host } = new URL(uri);
  if (username === "" || !protocol.startsWith("http")) return { uri };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { uri: `${protocol}//${host}`, token: `Basic ${Buffer.from(credentials).toString("base64")}` };
}

type Connect = (this: Dispatcher, options: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>;

/**
 * Asks a proxy for a tunnel, once for each attempt of ours: undici does not end a request for a failure with this code,
 * so the failure gets a code of our own, which ends it.
 */
export function tunnel(connect: Connect): Connect {
  return async function connectOnce(options) {
    try {
      return await connect.call(this, options);
    } catch (error) {
      if (errorCode(error) !== "UND_ERR_SOCKET") throw error;
      const detail = error instanceof Error ? error.message : String(error);
      throw Object.assign(new Error(`the proxy ended the connection before there was a tunnel: ${detail}`), {
        code: NO_TUNNEL,
      });
    }
  };
}
