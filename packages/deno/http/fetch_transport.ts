import { streamIntoSink, type WireRequest, type WireResponse } from "@cosup/core/runtime";
import { IDLE_CONNECTIONS, IDLE_TIMEOUT_MS } from "./sockets.ts";

/** A way to send requests. */
export interface Wire {
  /** Sends one request; see `Runtime.send`. */
  send(request: WireRequest): Promise<WireResponse>;
  /** Closes the connections that are not the caller's. */
  destroy(): void;
}

/** Sends by fetch, with the caller's client or with two of our own, created when they are needed. */
export function createFetchTransport(own: Deno.HttpClient | undefined): Wire {
  let pooled: Deno.HttpClient | undefined;
  let fresh: Deno.HttpClient | undefined;
  const clientFor = (freshConnection: boolean): Deno.HttpClient => {
    if (own !== undefined) return own;
    if (freshConnection) {
      fresh ??= createClient(0);
      return fresh;
    }
    pooled ??= createClient(IDLE_CONNECTIONS);
    return pooled;
  };
  return {
    send: (request) => fetchWith(clientFor(request.freshConnection), request, own !== undefined),
    destroy: () => {
      pooled?.close();
      fresh?.close();
      pooled = undefined;
      fresh = undefined;
    },
  };
}

/** HTTP/1.1 only, because over HTTP/2 all parts would share one connection and its window. */
function createClient(poolMaxIdlePerHost: number): Deno.HttpClient {
  return Deno.createHttpClient({ poolMaxIdlePerHost, poolIdleTimeout: IDLE_TIMEOUT_MS, http2: false });
}

/** @param isCallers the client may speak HTTP/2 */
async function fetchWith(
  client: Deno.HttpClient,
  request: WireRequest,
  isCallers: boolean,
): Promise<WireResponse> {
  const { method, url, headers, signal, sink } = request;
  const body = request.body as Uint8Array<ArrayBuffer> | undefined;
  if (body !== undefined && request.paceBlock !== undefined) {
    // fetch takes the body as a whole.
    request.onQueue?.();
    await request.pace?.(body.length);
    request.onStart?.();
  }
  const init: RequestInit & { client: Deno.HttpClient } = {
    method,
    // Otherwise Deno requests gzip and decompresses objects that are stored compressed, which changes bytes and length.
    headers: { "accept-encoding": "identity", ...headers },
    // Over HTTP/2, fetch sends bytes that a server has refused again by itself, and nobody is told. It cannot repeat a Blob.
    body: isCallers && body !== undefined ? new Blob([body]) : (body ?? null),
    redirect: "manual",
    signal,
    client,
  };
  try {
    const response = await fetch(url, init);
    return sink === undefined ? response : await streamIntoSink(response, sink);
  } catch (error) {
    throw signal.aborted ? error : reasonOf(error);
  }
}

/** fetch rejects with "fetch failed" only; the reason is in the message of its cause, after the URL. */
function reasonOf(error: unknown): unknown {
  if (!(error instanceof TypeError) || !(error.cause instanceof Error)) return error;
  const reason = /client error \(.*$/s.exec(error.cause.message)?.[0] ?? error.cause.message;
  return new TypeError(reason, { cause: error });
}
