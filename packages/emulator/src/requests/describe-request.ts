import { type Trace, withoutSignature } from "../request/log-line.ts";
import type { EmulatorRequest, EmulatorResponse } from "../types.ts";
import type { RequestEntry } from "./request-entry.ts";

/** Of a key: the longest that COS takes, and a little more. */
const MAX_KEY = 1_000;

/** @param at when the request arrived @param durationMs until now */
export function entryOf(
  request: EmulatorRequest,
  trace: Trace,
  response: EmulatorResponse | undefined,
  { at, durationMs }: { readonly at: number; readonly durationMs: number },
): RequestEntry {
  const { call, address } = trace;
  const key = (trace.control?.slice(1) ?? withoutSignature(address?.key ?? "")).slice(0, MAX_KEY);
  const partNumber = Number(call?.query.get("partNumber") ?? Number.NaN);
  return Object.freeze({
    at,
    durationMs,
    requestId: trace.requestId,
    method: request.method,
    operation: call?.operation,
    bucket: address?.bucket,
    key: key === "" ? undefined : key,
    partNumber: Number.isInteger(partNumber) ? partNumber : undefined,
    status: response?.status ?? "hung-up",
    code: trace.code,
    requestBytes: lengthIn(request.headers),
    responseBytes: lengthIn(response?.headers ?? {}),
    faults: Object.freeze([...(trace.faults ?? [])]),
  });
}

function lengthIn(headers: Readonly<Record<string, string | undefined>>): number | undefined {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-length");
  const length = Number(found?.[1] ?? Number.NaN);
  return Number.isSafeInteger(length) ? length : undefined;
}
