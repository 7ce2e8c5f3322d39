import { TransportError, type WireRequest, type WireResponse } from "@cosup/core";
import { isNotCapable } from "./permissions.ts";

/** Servers forget idle connections after about a minute; ours are gone before that. */
const IDLE_TIMEOUT_MS = 30_000;
/** Far above any sensible concurrency: core's own limits decide. */
const IDLE_CONNECTIONS = 128;

/** Where the requests go through. */
export interface TransportOptions {
  /**
   * An HTTP client of your own (`Deno.createHttpClient`) that every request goes through: a proxy, certificates. It
   * remains yours to close, and it decides itself which connection a request gets.
   */
  readonly client?: Deno.HttpClient | undefined;
}

/** HTTP for core. */
export interface Transport {
  /** One exchange by fetch; see `Runtime.send`. */
  send(request: WireRequest): Promise<WireResponse>;
  /** Closes the connections; what is under way ends first. */
  close(): Promise<void>;
}

/** The clients are made by the first request: whoever sends nothing has nothing to close. */
export function createTransport(options: TransportOptions = {}): Transport {
  let pooled: Deno.HttpClient | undefined;
  let fresh: Deno.HttpClient | undefined;
  let closed = false;
  const clientFor = (freshConnection: boolean): Deno.HttpClient => {
    if (options.client !== undefined) return options.client;
    if (freshConnection) {
      fresh ??= createClient(0);
      return fresh;
    }
    pooled ??= createClient(IDLE_CONNECTIONS);
    return pooled;
  };
  return {
    send: async (request) => {
      if (closed) throw new TransportError("this client was closed", "unknown", undefined, false);
      return await exchange(clientFor(request.freshConnection), request);
    },
    close: () => {
      closed = true;
      pooled?.close();
      fresh?.close();
      pooled = undefined;
      fresh = undefined;
      return Promise.resolve();
    },
  };
}

/** HTTP/1.1 only: over HTTP/2 all parts would share one connection, and its window. */
function createClient(poolMaxIdlePerHost: number): Deno.HttpClient {
  return Deno.createHttpClient({ poolMaxIdlePerHost, poolIdleTimeout: IDLE_TIMEOUT_MS, http2: false });
}

async function exchange(client: Deno.HttpClient, request: WireRequest): Promise<WireResponse> {
  const { method, url, headers, body, signal } = request;
  const init: RequestInit & { client: Deno.HttpClient } = {
    method,
    // Else Deno asks for gzip and unpacks objects that are stored packed: not the bytes, and not the length.
    headers: { "accept-encoding": "identity", ...headers },
    body: (body as Uint8Array<ArrayBuffer> | undefined) ?? null,
    redirect: "manual",
    signal,
    client,
  };
  try {
    return await fetch(url, init);
  } catch (error) {
    throw signal.aborted ? error : reasonOf(error, url);
  }
}

/** What fetch rejects with says "fetch failed" only; the reason is its cause, behind the URL. */
function reasonOf(error: unknown, url: string): unknown {
  if (isNotCapable(error)) {
    const { host } = new URL(url);
    return new TransportError(
      `Deno may not connect to ${host}: grant it with --allow-net=${host}`,
      "connect",
      error,
      false,
    );
  }
  if (!(error instanceof TypeError) || !(error.cause instanceof Error)) return error;
  const reason = /client error \(.*$/s.exec(error.cause.message)?.[0] ?? error.cause.message;
  return new TypeError(reason, { cause: error });
}
