import type { WireRequest, WireResponse } from "@cosup/core/runtime";
import { CosError, TransportError } from "@cosup/core/upload";
import { corsRule } from "./cors-rule.ts";
import { hidesHeaders } from "./hidden-headers.ts";

type Send = (request: WireRequest) => Promise<WireResponse>;

/** So many requests in turn that fail on a working line, and none that succeeded before: it is not the line. */
const CERTAIN = 3;

/**
 * Explains what a browser hides. A request that the bucket's CORS rule does not allow fails like one on a broken line: with
 * a TypeError that gives no reason. When requests of a method have always failed, and the host responds to a request that
 * needs no rule, the rule is the reason, and another attempt would not help.
 */
export function explainCors(send: Send): Send {
  /** Requests that failed, by method and origin; 0 when a response could be read. */
  const failures = new Map<string, number>();
  return async (request) => {
    const { origin } = new URL(request.url);
    if (origin === globalThis.location.origin) return send(request);
    const name = `${request.method} ${origin}`;
    let response: WireResponse;
    try {
      response = await send(request);
    } catch (cause) {
      if (failures.get(name) === 0 || !(cause instanceof TypeError) || request.signal.aborted) throw cause;
      if (!(await responds(origin, request.signal))) throw cause;
      const failed = (failures.get(name) ?? 0) + 1;
      // A response to a parallel request may have been read meanwhile.
      if (failures.get(name) !== 0) failures.set(name, failed);
      throw hiddenReason(request.method, origin, cause, failed < CERTAIN);
    }
    failures.set(name, 0);
    return readable(request, response);
  };
}

/** Whether a host responds. Nothing of such a response can be read, so no rule is needed; nothing of ours is sent. */
async function responds(origin: string, signal: AbortSignal): Promise<boolean> {
  try {
    await fetch(origin, { mode: "no-cors", credentials: "omit", cache: "no-store", signal });
    return true;
  } catch {
    return false;
  }
}

function hiddenReason(method: string, origin: string, cause: unknown, retryable: boolean): TransportError {
  const message = `${method} to ${origin}: the host responds, but the browser hides the response from this page`;
  const error = new TransportError(message, "unknown", cause, retryable);
  error.hint = corsRule();
  return error;
}

/** Refuses a response whose headers are hidden. Another attempt would show no more of them. */
async function readable(request: WireRequest, response: WireResponse): Promise<WireResponse> {
  if (!hidesHeaders(request, response)) return response;
  await response.body?.cancel();
  throw new CosError("the browser hides the headers of COS's response from this page", {
    code: "unexpected-response",
    retryable: false,
    hint: corsRule(),
  });
}
