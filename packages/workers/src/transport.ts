import type { WireRequest, WireResponse } from "@cosup/core/runtime";
import type { ConnectionPool } from "./connection-pool.ts";
import { requestBody } from "./request-body.ts";
import type { SubrequestMeter } from "./subrequest-meter.ts";

/**
 * Returns redirects as responses, and an object stored with gzip as it is stored, so that Content-Length fits its
 * bytes.
 */
const AS_STORED: RequestInit & { readonly encodeResponseBody: "manual" } = {
  redirect: "manual",
  // workerd's own option, which its types lack.
  encodeResponseBody: "manual",
};

/**
 * Sends by the global fetch. A request holds its connection until its response is read to the end or cancelled:
 * workerd cancels the oldest of too many unread responses. `freshConnection` has no effect: Workers do not say
 * which connection a request takes.
 */
export function createSend(
  pool: ConnectionPool,
  meter: SubrequestMeter,
): (request: WireRequest) => Promise<WireResponse> {
  return async (request) => {
    const { method, url, headers, signal } = request;
    request.onQueue?.();
    const free = await pool.acquire(signal);
    let ended: () => void = () => {};
    const body = await requestBody(request.body, request.slow, request);
    const end = (): void => {
      body.stop();
      free();
      ended();
    };
    try {
      ended = meter.begin(method === "DELETE");
      request.onStart?.(body.unsent);
      const response = await fetch(url, { ...AS_STORED, method, headers, body: body.init, signal });
      return observed(response, end);
    } catch (error) {
      end();
      throw error;
    }
  };
}

/** The response; calls `end` when it no longer needs its connection. */
function observed(response: Response, end: () => void): WireResponse {
  const { status, headers, body } = response;
  if (body === null) {
    end();
    return response;
  }
  let stream: ReadableStream<Uint8Array> | undefined;
  return {
    status,
    headers,
    get body() {
      stream ??= watched(body, end);
      return stream;
    },
    text: () => response.text().finally(end),
    arrayBuffer: () => response.arrayBuffer().finally(end),
  };
}

function watched(body: ReadableStream<Uint8Array>, end: () => void): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  // Both ends see the error of a broken response. Here only its end matters.
  void body.pipeTo(writable).then(end, end);
  return readable;
}
