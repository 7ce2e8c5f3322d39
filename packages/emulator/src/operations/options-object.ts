import type { CorsConfiguration } from "../cors/configuration.ts";
import { matchingRule, preflightHeaders } from "../cors/match.ts";
import { corsOf, varyHeader } from "../cors/policy.ts";
import { CosErrorResponse } from "../errors.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { empty } from "./respond.ts";

/** OPTIONS /{key}: the preflight with which a browser asks whether a page may send a request. Never signed. */
export async function optionsObject(call: Call): Promise<EmulatorResponse> {
  const configuration = corsOf(call.address.bucket, call.store, call.settings);
  // With the option `cors`, a page may also create buckets, so the bucket may be missing.
  if (configuration === undefined && call.address.bucket !== undefined) void call.bucket;
  const origin = call.header("origin");
  const method = call.header("access-control-request-method");
  if (origin === undefined || method === undefined) throw forbidden(configuration);
  const headers = (call.header("access-control-request-headers") ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  const request = { origin, method, headers };
  const rule = configuration && matchingRule(configuration.rules, request);
  if (!rule) throw forbidden(configuration);
  return empty(200, { ...preflightHeaders(rule, request), ...varyHeader(configuration) });
}

function forbidden(configuration: CorsConfiguration | undefined): CosErrorResponse {
  const reason = configuration
    ? "No rule of the bucket allows the origin, the method and the headers."
    : "The bucket has no cross-origin configuration: store one with PutBucketCors.";
  return new CosErrorResponse("AccessForbidden", `CORSResponse: This CORS request is not allowed. ${reason}`);
}
