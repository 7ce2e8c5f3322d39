import { Agent, type ClientRequest, request as plainRequest, type RequestOptions } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { WireRequest } from "@cosup/core/runtime";
import { type Address, addressOf } from "./address.ts";

/** Servers forget idle connections after about a minute; ours are gone before that. */
export const IDLE_TIMEOUT_MS = 30_000;
/** Far above any sensible concurrency: core's own limits decide. */
export const IDLE_CONNECTIONS = 128;

/**
 * Certificates are judged by what Deno was told (`--cert`, DENO_CERT, DENO_TLS_CA_STORE), as fetch does. Left to itself,
 * Node's agent puts NODE_EXTRA_CA_CERTS in the place of all that, for which it wants `--allow-sys`, and heeds
 * NODE_TLS_REJECT_UNAUTHORIZED.
 */
const DENO_TRUST = { ca: "", rejectUnauthorized: true };

/** The connections of a client. */
export interface Sockets {
  /** Begins a request, on a connection that is at hand or a new one. Its body is still to be given. */
  begin(request: WireRequest): ClientRequest;
  /** Closes every connection; requests under way fail. */
  destroy(): void;
}

/** Idle connections do not keep the process alive: Node's agent sees to that. */
export function createSockets(): Sockets {
  const kept = { keepAlive: true, timeout: IDLE_TIMEOUT_MS, maxFreeSockets: IDLE_CONNECTIONS };
  // Without keepAlive, an agent says `connection: close`, so that the next fresh request cannot meet this one again.
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
  // Node would send chunks where it is not told a length.
  if (body !== undefined || /^P/i.test(method)) own["content-length"] = String(body?.byteLength ?? 0);
  return { agent, method, hostname, port, path, headers: own };
}
