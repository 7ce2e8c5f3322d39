import type { TransportFailure } from "@cosup/core";
import { errorCode, innermostFailure, systemFailure } from "@cosup/core/runtime";

/** The code of a proxy that ends the connection instead of making a tunnel: nothing was sent. */
export const NO_TUNNEL = "ERR_PROXY_TUNNEL";

/** The code of a request that a caller's dispatcher began a second time: what became of the first is not known. */
export const SENT_AGAIN = "ERR_SENT_AGAIN";

/** The code of a request whose thread has ended: what became of it is not known. */
export const THREAD_ENDED = "ERR_THREAD_ENDED";

// undici's own: its docs/api/Errors.md. UND_ERR_SOCKET may wrap the ETIMEDOUT that says why.
const UNDICI_CODES: Readonly<Record<string, TransportFailure>> = {
  UND_ERR_CONNECT_TIMEOUT: "connect",
  UND_ERR_PRX_TLS: "connect",
  [NO_TUNNEL]: "connect",
  [SENT_AGAIN]: "reset",
  [THREAD_ENDED]: "reset",
  UND_ERR_SOCKET: "reset",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "reset",
  // Of node:http2 below undici: a stream that was refused or reset, a connection that ends.
  ERR_HTTP2_STREAM_ERROR: "reset",
  ERR_HTTP2_SESSION_ERROR: "reset",
  ERR_HTTP2_GOAWAY_SESSION: "reset",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
};

/** Which kind of failure a rejection of `send`, or of reading a response's body, is. */
export function transportFailure(error: unknown): TransportFailure {
  return innermostFailure(error, failureOf);
}

function failureOf(error: object): TransportFailure | undefined {
  const code = errorCode(error);
  if (code === undefined) {
    return "name" in error && error.name === "TimeoutError" ? "timeout" : undefined;
  }
  // A proxy that does not connect us: nothing was sent.
  if (code === "UND_ERR_ABORTED" && "message" in error && /^Proxy response/.test(String(error.message))) {
    return "connect";
  }
  return UNDICI_CODES[code] ?? systemFailure(code, error);
}
