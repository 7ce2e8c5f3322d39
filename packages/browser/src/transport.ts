import type { WireRequest, WireResponse } from "@cosup/core/runtime";
import { redirected } from "./redirected.ts";

/** What a browser adds to requests by default, and COS must not get. */
const PLAIN = {
  credentials: "omit",
  referrerPolicy: "no-referrer",
  redirect: "manual",
} as const satisfies RequestInit;

/**
 * Reads the state of an object, not what the browser's cache has of it. Not for other methods: the browser adds
 * `Cache-Control: no-cache` to such a request, and COS would store it with the object.
 */
const UNCACHED = { ...PLAIN, cache: "no-store" } as const satisfies RequestInit;

/**
 * Sends one request by fetch. Not by XMLHttpRequest, which reports how much of a body has left: in Chromium 156 with two
 * busy cores, PUTs of 20 MB that were watched did not end within 40 s, while fetch took two. A service worker has none.
 */
export async function sendByFetch(request: WireRequest): Promise<WireResponse> {
  const { method, url, headers, body, signal } = request;
  request.onStart?.();
  const response = await fetch(url, {
    ...(method === "GET" || method === "HEAD" ? UNCACHED : PLAIN),
    method,
    headers: sendable(headers),
    // WASM memory is never shared here, which the type of a view does not say.
    body: (body as Uint8Array<ArrayBuffer> | undefined) ?? null,
    signal,
  });
  if (response.type === "opaqueredirect") throw redirected();
  return Object.assign(response, { decoded: unpacked(response) });
}

/** A browser unpacks what was stored with a Content-Encoding, and shows that header only when a CORS rule exposes it. */
function unpacked({ headers }: Response): boolean | "unknown" {
  const encoding = headers.get("content-encoding");
  return encoding === null ? "unknown" : encoding !== "identity";
}

type Headers = Readonly<Record<string, string>>;

/** The headers without User-Agent: a browser sends its own, and a CORS rule would have to allow ours. */
function sendable({ "user-agent": _ours, ...headers }: Headers): Headers {
  return headers;
}
