import { CosErrorResponse } from "../errors.ts";
import { requireReadable } from "../request/archive.ts";
import { parseRange } from "../request/byte-range.ts";
import { checkConditions } from "../request/conditions.ts";
import { checkCustomerKey } from "../request/encryption.ts";
import { headerValueOf } from "../request/headers.ts";
import { withinTrafficLimit } from "../request/traffic-limit.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { describeObject, requireObject } from "./object-access.ts";
import { empty } from "./respond.ts";

const OVERRIDES = [
  ["response-content-type", "Content-Type"],
  ["response-content-language", "Content-Language"],
  ["response-expires", "Expires"],
  ["response-cache-control", "Cache-Control"],
  ["response-content-disposition", "Content-Disposition"],
  ["response-content-encoding", "Content-Encoding"],
] as const;

/** GET /{key}: the bytes, or a range of them. */
export async function getObject(call: Call): Promise<EmulatorResponse> {
  const record = requireObject(call);
  checkCustomerKey(record.encryption, call.headers);
  requireReadable(record, call.now);
  const headers = { ...describeObject(record, call), ...overrides(call) };
  if (checkConditions(record, call.headers) === "not modified") {
    return empty(304, { ETag: headers.ETag ?? "", "Last-Modified": headers["Last-Modified"] ?? "" });
  }
  const range = parseRange(call.header("range"), record.size);
  const { start, end } = range ?? { start: 0, end: record.size };
  return {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      "Content-Length": String(end - start),
      ...(range && { "Content-Range": `bytes ${start}-${end - 1}/${record.size}` }),
    },
    body: withinTrafficLimit(call, await call.store.files.read(record.extents, start, end)),
  };
}

/** Headers from response-* parameters. Only for signed requests: they could turn a file into a web page. */
function overrides(call: Call): Record<string, string> {
  const replaced: Record<string, string> = {};
  for (const [parameter, header] of OVERRIDES) {
    const text = call.query.get(parameter);
    if (text === undefined) continue;
    if (call.caller.kind === "anonymous") {
      throw new CosErrorResponse(
        "InvalidRequest",
        "Response headers cannot be overridden by an anonymous request.",
      );
    }
    const value = headerValueOf(text);
    if (value === undefined) throw new CosErrorResponse("InvalidArgument", `The ${parameter} is not valid.`);
    replaced[header] = value;
  }
  return replaced;
}
