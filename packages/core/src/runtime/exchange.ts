import type { WireRequest } from "./wire.ts";

/** Whether a response has no body, whatever its headers say. */
export function isBodyless(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}

/** Origin and path of a request's URL, cut and not parsed: the path goes out in the very characters that were signed. */
export function splitUrl(url: string): { readonly origin: string; readonly path: string } {
  const match = /^(https?:\/\/[^/?#]+)([^#]*)/i.exec(url);
  if (match === null) throw new TypeError("url: an absolute http: or https: URL");
  const [, origin = "", path = ""] = match;
  return { origin, path: path.startsWith("/") ? path : `/${path}` };
}

/** What {@link onRequestAbort} returns when there is nothing to stop. */
export const nothingToStop = (): void => {};

/**
 * Calls `abort` when a request is aborted, at once if it is already. Does not read `request.signal` where core provides
 * `onAbort`, because reading it creates an AbortSignal.
 * @returns stops the listening
 */
export function onRequestAbort(request: WireRequest, abort: (reason: unknown) => void): () => void {
  if (request.onAbort !== undefined) {
    request.onAbort(abort);
    return nothingToStop;
  }
  const { signal } = request;
  const onSignal = (): void => abort(signal.reason);
  if (signal.aborted) onSignal();
  else signal.addEventListener("abort", onSignal, { once: true });
  return () => signal.removeEventListener("abort", onSignal);
}
