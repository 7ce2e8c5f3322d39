import { ArgumentTypeError } from "@cosup/core";
import {
  bodyLoss,
  type ConnectionWarning,
  type Runtime,
  splitUrl,
  type WireRequest,
  type WireResponse,
} from "@cosup/core/runtime";
import { type RoutedOptions, socketOf } from "./agent.ts";
import { bufferedResponse } from "./buffered-response.ts";
import { type CallerDispatcher, callerDispatcher } from "./caller-dispatcher.ts";
import { createConnections } from "./connections.ts";
import { watchedExchange } from "./exchange-channel.ts";
import { callersBody, ownBody } from "./outgoing-body.ts";
import { areParsersLoaded, loadParsers } from "./parsers.ts";
import { createProxies } from "./proxies.ts";
import { chooseProxy, type ProxyChoice } from "./proxy-choice.ts";
import { streamedResponse } from "./streamed-response.ts";
import type { Dispatcher } from "./undici.ts";
import type { UndiciDispatcher } from "./undici-dispatcher.ts";

export interface TransportOptions {
  /**
   * Dispatcher of undici 6, 7 or 8 that every request goes through: an `Agent` with TLS options for one. It remains the
   * caller's to close, and it decides itself which connection a request gets. Make it with `allowH2: false`: undici 8 speaks
   * HTTP/2 by default, so that all parts share one connection (warning `http2-connection`). What it begins to send again by
   * itself fails as `connection-reset`, and is repeated as every failed request is, if that is safe.
   */
  readonly dispatcher?: UndiciDispatcher | null | undefined;
  /**
   * URL of a proxy for all requests, `http://user:password@proxy.example:3128` for one; `https:` and `socks5:` work as
   * well. Not given: what the environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in lower case
   * first), as curl reads it when the client is made. `false` or `"none"`: no proxy, whatever the environment says.
   */
  readonly proxy?: string | false | null | undefined;
}

export interface Transport {
  /** One exchange over undici; see `Runtime.send`. */
  send(request: WireRequest): Promise<WireResponse>;
  /** See `Runtime.warnOfConnection`. */
  warnOfConnection: NonNullable<Runtime["warnOfConnection"]>;
  /** Destroys every connection; requests under way are rejected. */
  close(): Promise<void>;
}

/**
 * HTTP for core. undici's client instead of `fetch`: the same sockets with less work per request. Proxies are those of
 * `proxy` or of the environment; a caller's dispatcher decides by itself.
 * @throws {TypeError} {@link RangeError} a wrong option, or a variable of the environment that is not a proxy's URL
 */
export function createTransport(options: TransportOptions = {}): Transport {
  const callers = options.dispatcher ? callerDispatcher(options.dispatcher) : undefined;
  const own = callers?.dispatcher;
  const proxyOf = own === undefined ? chooseProxy(options.proxy) : withoutProxy(options);
  const connections = createConnections();
  const proxies = createProxies();
  let exchanges = 0;
  let warned = false;
  return {
    send: async (request) => {
      const proxy = proxyOf?.(splitUrl(request.url).origin);
      const direct = own ?? connections.dispatcherFor(request);
      const dispatcher = proxy === undefined ? direct : await proxies.dispatcherFor(proxy);
      // Our connector loads them beside the first connection; other dispatchers connect by themselves.
      if (!areParsersLoaded() && (own ?? proxy) !== undefined) await loadParsers();
      exchanges += 1;
      let responded = false;
      try {
        const response = await exchange(dispatcher, request, callers);
        responded = true;
        if (proxy !== undefined && !request.bufferResponse) proxies.noteStreamed();
        return response;
      } finally {
        exchanges -= 1;
        // No request waits any more for connections that are being established.
        if (exchanges === 0 && !responded) {
          connections.retire();
          proxies.retire();
        }
      }
    },
    warnOfConnection: (onWarning) => {
      const origin = callers?.watch.http2Origin;
      if (warned || onWarning === undefined || origin === undefined) return;
      warned = true;
      onWarning(http2Warning(origin));
    },
    close: async () => {
      await Promise.all([connections.destroy(), proxies.destroy()]);
    },
  };
}

function http2Warning(origin: string): ConnectionWarning {
  return {
    code: "http2-connection",
    message: `the dispatcher speaks HTTP/2 with ${origin}: all parts share one connection and its flow control, and they all fail with it; give it allowH2: false`,
  };
}

function withoutProxy({ proxy }: TransportOptions): ProxyChoice | undefined {
  if (typeof proxy === "string" && proxy !== "none") {
    throw new ArgumentTypeError("proxy", "excludes dispatcher: give one or the other");
  }
  return undefined;
}

function exchange(
  dispatcher: Dispatcher,
  request: WireRequest,
  callers: CallerDispatcher | undefined,
): Promise<WireResponse> {
  const lost = bodyLoss(request)();
  if (lost !== undefined) throw lost;
  const options = dispatchOptions(request, callers);
  const response = request.bufferResponse
    ? bufferedResponse(dispatcher, options, request)
    : streamedResponse(dispatcher, options, request);
  return watchedExchange(request, response);
}

function dispatchOptions(request: WireRequest, callers: CallerDispatcher | undefined): RoutedOptions {
  const { url, method, freshConnection } = request;
  const { origin, path } = splitUrl(url);
  const options: RoutedOptions = {
    origin,
    path,
    method: method as Dispatcher.HttpMethod,
    // `connection: close`, so that the next fresh request cannot meet this connection again.
    reset: freshConnection,
    // Core's deadlines abort the request; Complete may take longer than undici's 300 s.
    headersTimeout: 0,
    bodyTimeout: 0,
    connection: undefined,
  };
  const body =
    callers === undefined
      ? ownBody(request, () => socketOf(options.connection))
      : callersBody(request, () => callers.watch.speaksHttp1(origin));
  return Object.assign(options, body);
}
