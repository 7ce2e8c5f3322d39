import type { Store } from "../store/store.ts";
import type { EmulatorResponse, Settings } from "../types.ts";
import type { CorsConfiguration } from "./configuration.ts";
import { corsHeaders, matchingRule } from "./match.ts";

/** The option `cors`: every page may do everything. */
const DEVELOPMENT: CorsConfiguration = {
  rules: [
    {
      origins: ["*"],
      methods: ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"],
      headers: ["*"],
      exposed: [],
      // Short, so that a browser soon notices a configuration that the developer gives the bucket.
      maxAgeSeconds: 5,
    },
  ],
};

/** The cross-origin configuration of a bucket: its own or, without one, what the option `cors` allows. */
export function corsOf(
  bucket: string | undefined,
  store: Store,
  settings: Settings,
): CorsConfiguration | undefined {
  const own = bucket === undefined ? undefined : store.bucket(bucket)?.record.cors;
  return own ?? (settings.cors ? DEVELOPMENT : undefined);
}

/**
 * Adds the headers without which a browser hides a response from a page of another origin, also to refusals. No request
 * is refused here: on the service, too, the rules bind only preflights and what pages may read.
 */
export function withCors(
  response: EmulatorResponse,
  { origin, method }: { readonly origin: string | undefined; readonly method: string },
  configuration: CorsConfiguration | undefined,
): EmulatorResponse {
  if (origin === undefined || method === "OPTIONS" || configuration === undefined) return response;
  const request = { origin, method, headers: [] };
  const rule = matchingRule(configuration.rules, request);
  return {
    ...response,
    headers: {
      ...response.headers,
      ...(rule && corsHeaders(rule, request)),
      ...(configuration === DEVELOPMENT && { "Access-Control-Expose-Headers": everyHeader(response) }),
      ...varyHeader(configuration),
    },
  };
}

/**
 * All headers of a response, the metadata of an object too, and those of later responses for which a browser's cache
 * repeats this one: a range of a stored object, or that it has not changed.
 */
function everyHeader(response: EmulatorResponse): string {
  return [
    ...new Set([...Object.keys(response.headers), "Content-Length", "Content-Range", "Date", "ETag"]),
  ].join(",");
}

/** For caches: whether a response differs for each origin. */
export function varyHeader({ responseVary }: CorsConfiguration): Record<string, string> {
  return responseVary === true ? { Vary: "Origin" } : {};
}
