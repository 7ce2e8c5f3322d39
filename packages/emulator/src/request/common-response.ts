import { CosErrorResponse, errorDocument } from "../errors.ts";
import type { EmulatorRequest, EmulatorResponse } from "../types.ts";
import type { Trace } from "./log-line.ts";
import { newTraceId } from "./request-id.ts";

/** Adds the headers that COS sends with every response. */
export function addCommonHeaders(
  response: EmulatorResponse,
  request: EmulatorRequest,
  trace: Trace,
  now: number,
): EmulatorResponse {
  const close = request.headers.connection?.toLowerCase() === "close";
  return {
    ...response,
    headers: {
      ...(typeof response.body === "string" && {
        "Content-Length": String(Buffer.byteLength(response.body)),
      }),
      ...(response.body === undefined && response.status === 200 && { "Content-Length": "0" }),
      Connection: close ? "close" : "keep-alive",
      Date: new Date(now).toUTCString(),
      Server: "tencent-cos",
      "x-cos-request-id": trace.requestId,
      ...response.headers,
    },
  };
}

/** The response to a refused request. Any other error becomes InternalError. */
export function errorResponse(request: EmulatorRequest, trace: Trace, error: unknown): EmulatorResponse {
  const refusal =
    error instanceof CosErrorResponse
      ? error
      : new CosErrorResponse("InternalError", "We encountered an internal error.");
  trace.code = refusal.code;
  const traceId = newTraceId();
  const { host = "", key = "" } = trace.address ?? {};
  const text = errorDocument(refusal, { resource: `${host}/${key}`, requestId: trace.requestId, traceId });
  return {
    status: refusal.status,
    headers: { "Content-Type": "application/xml", "x-cos-trace-id": traceId, ...refusal.headers },
    // The response to HEAD has no body and so no code: clients see the status alone.
    ...(request.method !== "HEAD" && { body: text }),
  };
}
