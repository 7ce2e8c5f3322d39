import { type Trace, withoutSignature } from "../request/log-line.ts";
import type { EmulatorRequest, EmulatorResponse } from "../types.ts";
import type { RequestEntry } from "./request-entry.ts";

/** Of a key: the longest that COS takes, and a little more. */
const MAX_KEY = 1_000;
/** The faults of most requests. */
const NONE: readonly string[] = Object.freeze([]);

/** @param at when the request arrived @param durationMs until now */
export function entryOf(
  request: EmulatorRequest,
  trace: Trace,
  response: EmulatorResponse | undefined,
  { at, durationMs }: { readonly at: number; readonly durationMs: number },
): RequestEntry {
  return Object.freeze({
    at,
    durationMs,
    ...targetOf(request, trace),
    status: response?.status ?? "hung-up",
    code: trace.code,
    requestBytes: lengthIn(request.headers),
    responseBytes: lengthIn(response?.headers ?? {}),
    faults: trace.faults?.length ? Object.freeze([...trace.faults]) : NONE,
  });
}

/** What a request is for, as far as it is known. */
export function targetOf(
  request: EmulatorRequest,
  { call, address, control, requestId }: Trace,
): Pick<RequestEntry, "requestId" | "method" | "operation" | "bucket" | "key" | "partNumber" | "uploadId"> {
  const key = (control?.slice(1) ?? withoutSignature(address?.key ?? "")).slice(0, MAX_KEY);
  const partNumber = Number(call?.query.get("partNumber") ?? Number.NaN);
  const uploadId = call?.query.get("uploadId");
  return {
    requestId,
    method: request.method,
    operation: call?.operation,
    bucket: address?.bucket,
    key: key === "" ? undefined : key,
    partNumber: Number.isInteger(partNumber) ? partNumber : undefined,
    uploadId: uploadId === undefined ? undefined : withoutSignature(uploadId).slice(0, MAX_KEY),
  };
}

export function lengthIn(headers: Readonly<Record<string, string | undefined>>): number | undefined {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-length");
  const length = Number(found?.[1] ?? Number.NaN);
  return Number.isSafeInteger(length) ? length : undefined;
}
