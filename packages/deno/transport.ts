import { TransportError } from "@cosup/core";
import type { WireRequest, WireResponse } from "@cosup/core/runtime";
import { exchange } from "./http/exchange.ts";
import { createFetchTransport, type Wire } from "./http/fetch_transport.ts";
import { namesProxy } from "./http/proxies.ts";
import { createSockets } from "./http/sockets.ts";
import { isHostDenied } from "./permissions.ts";
import { isCertificateFault } from "./transport_error.ts";

/** Where the requests go through. */
export interface TransportOptions {
  /**
   * An HTTP client of your own (`Deno.createHttpClient`) that every request goes through by fetch: a proxy,
   * certificates. It remains yours to close, and it decides itself which connection a request gets. Create it with
   * `http2: false`: over HTTP/2 all parts share one connection and its flow control.
   */
  readonly client?: Deno.HttpClient | undefined;
}

/** HTTP for core. */
export interface Transport {
  /** One exchange; see `Runtime.send`. */
  send(request: WireRequest): Promise<WireResponse>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** Creates the connections with the first request, so that a client that sends nothing need not be closed. */
export function createTransport(options: TransportOptions = {}): Transport {
  let wire: Wire | undefined;
  let closed = false;
  return {
    send: async (request) => {
      if (closed) throw new TransportError("this client was closed", "unknown", undefined, false);
      wire ??= createWire(options);
      try {
        return await wire.send(request);
      } catch (error) {
        throw isHostDenied(error) ? notAllowed(request.url, error) : error;
      }
    },
    close: () => {
      closed = true;
      wire?.destroy();
      wire = undefined;
      return Promise.resolve();
    },
  };
}

/** fetch needs more CPU for large bodies, but it can use the caller's client and the environment's proxies. */
function createWire({ client }: TransportOptions): Wire {
  const fetching = createFetchTransport(client);
  return client !== undefined || namesProxy() ? fetching : createSocketWire(fetching);
}

/** Sends by `node:http`; after a certificate error by fetch, which alone knows `--unsafely-ignore-certificate-errors`. */
function createSocketWire(fetching: Wire): Wire {
  const sockets = createSockets();
  let trustedByFetch = false;
  return {
    send: async (request) => {
      try {
        if (!trustedByFetch) return await exchange(sockets, request);
      } catch (error) {
        if (!isCertificateFault(error)) throw error;
      }
      const response = await fetching.send(request);
      trustedByFetch = true;
      return response;
    },
    destroy: () => {
      sockets.destroy();
      fetching.destroy();
    },
  };
}

function notAllowed(url: string, error: Error): TransportError {
  const { host } = new URL(url);
  const text = `Deno may not connect to ${host}: grant it with --allow-net=${host}`;
  return new TransportError(text, "connect", error, false);
}
