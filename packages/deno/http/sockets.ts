import { Agent, type ClientRequest, request as plainRequest, type RequestOptions } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { splitUrl, type WireRequest } from "@cosup/core/runtime";

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
      const isSecure = /^https:/i.test(request.url);
      const agents = isSecure ? secure : plain;
      const begin = isSecure ? secureRequest : plainRequest;
      return begin(optionsOf(request, request.freshConnection ? agents.fresh : agents.pooled));
    },
    destroy: () => {
      for (const agents of [plain, secure]) {
        agents.pooled.destroy();
        agents.fresh.destroy();
      }
    },
  };
}

function optionsOf({ method, url, headers, body }: WireRequest, agent: Agent): RequestOptions {
  // The path goes out in the very characters that were signed.
  const { origin, path } = splitUrl(url);
  const { hostname, port, host } = new URL(origin);
  const own: Record<string, string> = { "accept-encoding": "identity", ...headers, host };
  // Without a length, Node would send chunks.
  if (body !== undefined || /^P/i.test(method)) own["content-length"] = String(body?.byteLength ?? 0);
  // Without the brackets of an IPv6 address.
  return { agent, method, hostname: hostname.replace(/^\[(.*)\]$/, "$1"), port, path, headers: own };
}
