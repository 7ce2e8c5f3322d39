import { raceAbort, type WireRequest, type WireResponse } from "@cosup/core";
import type { RoutedOptions } from "./agent.ts";
import { createConnections } from "./connections.ts";
import { requestBody } from "./request-body.ts";
import { type Dispatcher, request as requestOf } from "./undici.ts";
import { wholeAnswer } from "./whole-answer.ts";
import { wireResponse } from "./wire-response.ts";

export interface TransportOptions {
  /**
   * undici dispatcher that every request goes through: a `ProxyAgent`, or an `Agent` with TLS options. It remains
   * the caller's to close, and it decides itself which connection a request gets.
   */
  readonly dispatcher?: Dispatcher | undefined;
}

export interface Transport {
  /** One exchange over undici; see `Runtime.send`. */
  send(request: WireRequest): Promise<WireResponse>;
  /** Destroys every connection; requests under way are rejected. */
  close(): Promise<void>;
}

/**
 * HTTP for core. undici's `request` instead of `fetch`: the same sockets with less work per exchange. Proxies and
 * environment variables are ignored unless a dispatcher is given.
 */
export function createTransport(options: TransportOptions = {}): Transport {
  const connections = createConnections();
  let exchanges = 0;
  return {
    send: async (request) => {
      const dispatcher = options.dispatcher ?? connections.dispatcherFor(request);
      exchanges += 1;
      let answered = false;
      try {
        const answer = await exchange(dispatcher, request);
        answered = true;
        return answer;
      } finally {
        exchanges -= 1;
        // Nobody waits any more for what is still connecting.
        if (exchanges === 0 && !answered) {
          connections.retire();
        }
      }
    },
    close: connections.destroy,
  };
}

async function exchange(dispatcher: Dispatcher, request: WireRequest): Promise<WireResponse> {
  const options = dispatchOptions(request);
  if (request.whole) {
    return wholeAnswer(dispatcher, options, request);
  }
  const { signal } = request;
  signal.throwIfAborted();
  // undici heeds the signal only once the request has a connection.
  return wireResponse(await raceAbort(requestOf(dispatcher, { ...options, signal }), signal), request.method);
}

function dispatchOptions({ url, method, headers, body, freshConnection }: WireRequest): RoutedOptions {
  const { origin, path } = splitUrl(url);
  return {
    origin,
    path,
    method: method as Dispatcher.HttpMethod,
    ...requestBody(body, headers),
    // `connection: close`, so that the next fresh request cannot meet this connection again.
    reset: freshConnection,
    // Core's deadlines come through the signal; Complete may rightly take longer than undici's 300 s.
    headersTimeout: 0,
    bodyTimeout: 0,
    connection: undefined,
  };
}

/** Cuts the URL instead of parsing it: the path goes out in the very characters that were signed. */
function splitUrl(url: string): { origin: string; path: string } {
  const match = /^(https?:\/\/[^/?#]+)([^#]*)/i.exec(url);
  if (match === null) {
    throw new TypeError("url: an absolute http: or https: URL");
  }
  const [, origin = "", path = ""] = match;
  return { origin, path: path.startsWith("/") ? path : `/${path}` };
}
