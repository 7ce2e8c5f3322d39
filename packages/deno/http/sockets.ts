import { Agent, type ClientRequest, request as plainRequest, type RequestOptions } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { WireRequest } from "@cosup/core/runtime";
import { type Address, addressOf } from "./address.ts";

/** Servers close idle connections after about a minute; ours are closed before that. */
export const IDLE_TIMEOUT_MS = 30_000;
/** Far above any sensible concurrency, so that core's own limits apply. */
export const IDLE_CONNECTIONS = 128;

/**
 * Makes certificates a matter of Deno's options (`--cert`, DENO_CERT, DENO_TLS_CA_STORE), as for fetch. By default, Node's
 * agent uses NODE_EXTRA_CA_CERTS instead, which needs `--allow-sys`, and NODE_TLS_REJECT_UNAUTHORIZED.
 */
const DENO_TRUST = { ca: "", rejectUnauthorized: true };

/** The connections of a client. */
export interface Sockets {
  /** Begins a request, on an idle connection or a new one. The caller then sends its body. */
  begin(request: WireRequest): ClientRequest;
  /** Closes every connection; requests under way fail. */
  destroy(): void;
}

/** Creates the agents. Their idle connections do not keep the process alive. */
export function createSockets(): Sockets {
  const kept = { keepAlive: true, timeout: IDLE_TIMEOUT_MS, maxFreeSockets: IDLE_CONNECTIONS };
  // Without keepAlive, an agent sends `connection: close`, so that no later request gets this connection.
  const plain = { pooled: new Agent(kept), fresh: new Agent() };
  const secure = { pooled: new SecureAgent({ ...kept, ...DENO_TRUST }), fresh: new SecureAgent(DENO_TRUST) };
  return {
    begin: (request) => {
      const address = addressOf(request.url);
      const agents = address.secure ? secure : plain;
      const begin = address.secure ? secureRequest : plainRequest;
      return begin(optionsOf(request, address, request.freshConnection ? agents.fresh : agents.pooled));
    },
    destroy: () => {
      for (const agents of [plain, secure]) {
        agents.pooled.destroy();
        agents.fresh.destroy();
      }
    },
  };
}

function optionsOf({ method, headers, body }: WireRequest, address: Address, agent: Agent): RequestOptions {
  const { hostname, port, host, path } = address;
  const own: Record<string, string> = { "accept-encoding": "identity", ...headers, host };
  // Without a length, Node would send chunks.
  if (body !== undefined || /^P/i.test(method)) own["content-length"] = String(body?.byteLength ?? 0);
  return { agent, method, hostname, port, path, headers: own };
}
