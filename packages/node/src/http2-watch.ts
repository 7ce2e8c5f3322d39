import { subscribe } from "node:diagnostics_channel";

/** The watch of the requests that undici is creating. */
let entered: Http2Watch | undefined;
const watches = new WeakMap<object, Http2Watch>();
let subscribed = false;

interface UndiciRequest {
  readonly origin?: string | URL | null;
}

/**
 * Knows whether a caller's dispatcher speaks HTTP/1.1 or HTTP/2 with an origin. Neither the dispatcher nor a response says it,
 * but undici 7 and 8 publish each request with its socket when its headers are sent. Of a dispatcher that creates its requests
 * later, of undici 6 over HTTP/2, and of what is no undici, nothing is known.
 */
export class Http2Watch {
  /** Origins with a request over HTTP/1.1, and none over HTTP/2. */
  readonly #http1 = new Set<string>();
  /** Origins with a request over HTTP/2. */
  readonly #http2 = new Set<string>();

  /** Dispatches requests, which are watched from then on. */
  dispatch<T>(send: () => T): T {
    if (!subscribed) subscribeOnce();
    const outer = entered;
    entered = this;
    try {
      return send();
    } finally {
      entered = outer;
    }
  }

  /** Whether all requests to an origin have gone over HTTP/1.1. */
  speaksHttp1(origin: string): boolean {
    return this.#http1.has(origin) && !this.#http2.has(origin);
  }

  /** An origin that the dispatcher speaks HTTP/2 with; undefined: none is known. */
  get http2Origin(): string | undefined {
    const [first] = this.#http2;
    return first;
  }

  note(origin: string, isHttp2: boolean): void {
    (isHttp2 ? this.#http2 : this.#http1).add(origin);
  }
}

/** For the whole process and for good: the channels hold nothing of a client, so that it can be collected unclosed. */
function subscribeOnce(): void {
  subscribed = true;
  subscribe("undici:request:create", (message) => {
    if (entered !== undefined) watches.set((message as { readonly request: object }).request, entered);
  });
  subscribe("undici:client:sendHeaders", (message) => {
    const { request, headers, socket } = message as {
      readonly request: UndiciRequest;
      readonly headers: string;
      readonly socket?: { readonly alpnProtocol?: unknown };
    };
    // Without TLS there is no ALPN, but only HTTP/2 has headers like `:path`.
    const isHttp2 = socket?.alpnProtocol === "h2" || /^:path:/m.test(headers);
    watches.get(request)?.note(String(request.origin), isHttp2);
  });
}
