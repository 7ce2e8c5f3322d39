import { type CosErrorCode, CosErrorResponse, errorDocument, STATUS_OF } from "../errors.ts";
import { HangUp } from "../request/middleware.ts";
import { newTraceId } from "../request/request-id.ts";
import type { EmulatorResponse } from "../types.ts";
import type { Fault, StatusFault } from "./instruction.ts";

/** Thrown at any moment of a request to replace the response of the operation. */
export class ScriptedResponse extends Error {
  override readonly name = "ScriptedResponse";
  readonly response: EmulatorResponse;
  /** COS's code in it, if it has one. */
  readonly code: string | undefined;

  constructor(response: EmulatorResponse, code: string | undefined) {
    super(String(response.status));
    this.response = response;
    this.code = code;
  }
}

/** What the faults need to know of a request. */
export interface RequestInfo {
  readonly requestId: string;
  readonly resource: string;
  readonly method: string;
  readonly now: number;
  sleep(ms: number): Promise<void>;
}

/** Carries out the faults that end or delay a request, at any moment. Returns false for all other faults. */
export async function interrupt(fault: Fault, request: RequestInfo): Promise<boolean> {
  switch (fault.kind) {
    case "reset":
    case "fin":
    case "silence":
    case "stop-reading":
      throw new HangUp(fault.kind);
    case "stale-connection":
      throw new HangUp("reset");
    case "delay":
      await request.sleep(fault.ms);
      return true;
    case "status":
      throw new ScriptedResponse(refusal(fault, request), fault.code);
    case "deny":
      throw new ScriptedResponse(refusal({ kind: "status", code: "AccessDenied" }, request), "AccessDenied");
    case "redirect": {
      const code = "TemporaryRedirect";
      const status: StatusFault = { kind: "status", status: fault.status ?? 307, code };
      throw new ScriptedResponse(refusal(status, request, { Location: fault.location }), code);
    }
    default:
      return false;
  }
}

/** An error response as COS sends it, or as a proxy in front of COS would. */
export function refusal(
  fault: StatusFault,
  request: RequestInfo,
  more: Readonly<Record<string, string>> = {},
): EmulatorResponse {
  const code = fault.code ?? CODE_OF[fault.status ?? 503] ?? "InternalError";
  const status = fault.status ?? statusOf(code);
  const headers = { ...more, ...retryAfter(fault, request.now) };
  const form = fault.body ?? "xml";
  const hasNoBody = request.method === "HEAD" || status === 304 || status === 204;
  if (fault.requestId === false || form === "html") {
    const page = `<html><head><title>${status}</title></head><body>The gateway refused the request.</body></html>\n`;
    const type = form === "xml" ? "application/xml" : "text/html";
    const text = form === "html" ? page : documentOf(code, fault, request, false);
    return foreignResponse(
      status,
      { ...headers, "Content-Type": type },
      hasNoBody || form === "empty" ? undefined : text,
    );
  }
  if (form === "empty" || hasNoBody)
    return { status, headers: { ...headers, ...(hasNoBody ? {} : { "Content-Length": "0" }) } };
  return {
    status,
    headers: { "Content-Type": "application/xml", ...headers },
    body: documentOf(code, fault, request, true),
  };
}

/** A response from another sender: without the headers that COS adds. */
export function foreignResponse(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): EmulatorResponse {
  const length = String(Buffer.byteLength(body ?? ""));
  return {
    status,
    headers: { ...headers, "Content-Length": length },
    ...(body !== undefined && { body }),
    bare: true,
  };
}

function documentOf(code: string, fault: StatusFault, request: RequestInfo, fromCos: boolean): string {
  const message = fault.message ?? `Scripted: ${code}.`;
  const text = errorDocument(new CosErrorResponse("InternalError", message), {
    resource: request.resource,
    requestId: request.requestId,
    traceId: newTraceId(),
  }).replace("<Code>InternalError</Code>", () => `<Code>${code}</Code>`);
  return fromCos ? text : text.replace(/<(RequestId|TraceId)>[^<]*<\/\1>/g, "");
}

function retryAfter(fault: StatusFault, now: number): Record<string, string> {
  if (fault.retryAfter !== undefined) return { "Retry-After": String(fault.retryAfter) };
  if (fault.retryAfterDate === undefined) return {};
  return { "Retry-After": new Date(now + fault.retryAfterDate * 1000).toUTCString() };
}

function statusOf(code: string): number {
  return Object.hasOwn(STATUS_OF, code) ? STATUS_OF[code as CosErrorCode] : (MORE_STATUS[code] ?? 503);
}

/** Codes that only scripts send. */
const MORE_STATUS: Readonly<Record<string, number>> = { RequestTimeout: 400, TooManyRequests: 429 };

const CODE_OF: Readonly<Record<number, string>> = {
  400: "InvalidRequest",
  403: "AccessDenied",
  404: "NoSuchKey",
  405: "MethodNotAllowed",
  408: "RequestTimeout",
  409: "InvalidBucketState",
  411: "MissingContentLength",
  412: "PreconditionFailed",
  416: "InvalidRange",
  429: "TooManyRequests",
  500: "InternalError",
  501: "NotImplemented",
  502: "BadGateway",
  503: "SlowDown",
  504: "GatewayTimeout",
};
