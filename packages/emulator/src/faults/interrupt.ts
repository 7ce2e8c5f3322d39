import { CosFault, type FaultCode, faultDocument, STATUS_OF } from "../errors.ts";
import { HangUp } from "../request/middleware.ts";
import { newTraceId } from "../request/request-id.ts";
import type { EmulatorResponse } from "../types.ts";
import type { Fault, StatusFault } from "./instruction.ts";

/** Thrown at any moment of a request: this is the answer, whatever the operation would have said. */
export class ScriptedAnswer extends Error {
  override readonly name = "ScriptedAnswer";
  readonly response: EmulatorResponse;

  constructor(response: EmulatorResponse) {
    super(String(response.status));
    this.response = response;
  }
}

/** What an interruption has to know of the request. */
export interface Interrupted {
  readonly requestId: string;
  readonly resource: string;
  readonly method: string;
  readonly now: number;
  sleep(ms: number): Promise<void>;
}

/** Carries out the faults that end a request, or hold it up, at any moment. Returns false for all others. */
export async function interrupt(fault: Fault, request: Interrupted): Promise<boolean> {
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
      throw new ScriptedAnswer(refusal(fault, request));
    case "deny":
      throw new ScriptedAnswer(refusal({ kind: "status", code: "AccessDenied" }, request));
    case "redirect":
      throw new ScriptedAnswer({
        ...refusal({ kind: "status", status: fault.status ?? 307, code: "TemporaryRedirect" }, request, {
          Location: fault.location,
        }),
      });
    default:
      return false;
  }
}

/** An error document as COS would send it, or as something between COS and its client would. */
export function refusal(
  fault: StatusFault,
  request: Interrupted,
  more: Readonly<Record<string, string>> = {},
): EmulatorResponse {
  const code = fault.code ?? CODE_OF[fault.status ?? 503] ?? "InternalError";
  const status = fault.status ?? statusOf(code);
  const headers = { ...more, ...retryAfter(fault, request.now) };
  const form = fault.body ?? "xml";
  const mute = request.method === "HEAD" || status === 304 || status === 204;
  if (fault.requestId === false || form === "html") {
    const page = `<html><head><title>${status}</title></head><body>The gateway says no.</body></html>\n`;
    const type = form === "xml" ? "application/xml" : "text/html";
    const text = form === "html" ? page : documentOf(code, fault, request, false);
    return foreign(status, { ...headers, "Content-Type": type }, mute || form === "empty" ? undefined : text);
  }
  if (form === "empty" || mute)
    return { status, headers: { ...headers, ...(mute ? {} : { "Content-Length": "0" }) } };
  return {
    status,
    headers: { "Content-Type": "application/xml", ...headers },
    body: documentOf(code, fault, request, true),
  };
}

/** An answer that COS never sent: none of its headers. */
export function foreign(
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

function documentOf(code: string, fault: StatusFault, request: Interrupted, own: boolean): string {
  const message = fault.message ?? `Scripted: ${code}.`;
  const text = faultDocument(new CosFault("InternalError", message), {
    resource: request.resource,
    requestId: request.requestId,
    traceId: newTraceId(),
  }).replace("<Code>InternalError</Code>", () => `<Code>${code}</Code>`);
  return own ? text : text.replace(/<(RequestId|TraceId)>[^<]*<\/\1>/g, "");
}

function retryAfter(fault: StatusFault, now: number): Record<string, string> {
  if (fault.retryAfter !== undefined) return { "Retry-After": String(fault.retryAfter) };
  if (fault.retryAfterDate === undefined) return {};
  return { "Retry-After": new Date(now + fault.retryAfterDate * 1000).toUTCString() };
}

function statusOf(code: string): number {
  return Object.hasOwn(STATUS_OF, code) ? STATUS_OF[code as FaultCode] : (MORE_STATUS[code] ?? 503);
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
