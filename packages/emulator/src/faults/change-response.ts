import { gzipSync } from "node:zlib";
import type { EmulatorResponse } from "../types.ts";
import { CRC64, ETAG, falseDigest, falsePartList } from "./false-digests.ts";
import type { Fault } from "./instruction.ts";
import { foreignResponse, type RequestInfo, refusal } from "./interrupt.ts";
import { bytesOf, discard, flipped, once, textOf } from "./response-body.ts";

/** A response, and whether the fault had an effect on it. */
export interface ChangedResponse {
  readonly response: EmulatorResponse;
  readonly fired: boolean;
}

const fired = (response: EmulatorResponse): ChangedResponse => ({ response, fired: true });
/** The body has been read, so it is put back. */
const unchanged = (response: EmulatorResponse, body: Uint8Array): ChangedResponse => ({
  response: { ...response, ...(response.body !== undefined && { body: once(body) }) },
  fired: false,
});

/** Changes the response of an operation that has succeeded. Undefined: the fault does not change responses. */
export async function changeResponse(
  fault: Fault,
  response: EmulatorResponse,
  request: RequestInfo,
): Promise<ChangedResponse | undefined> {
  switch (fault.kind) {
    case "slice":
      return fired({ ...response, wire: { ...response.wire, sliced: true } });
    case "truncate":
      return truncate(response, fault.bytes);
    case "content-length":
      return changeContentLength(response, fault.delta, request);
    case "flip-response":
      return flipResponse(response, fault.at ?? 0);
    case "body":
      return fired(await replaceBody(response, fault.type, request));
    case "late-error":
      return fired(lateError(fault.code, request));
    case "keep-alive-spaces":
      return fired(keepAliveResponse(response, fault, request));
    case "etag":
      return fired(falseDigest(response, ETAG, fault.value));
    case "crc64":
      return fired(falseDigest(response, CRC64, fault.value));
    case "list-parts":
      return fired({ ...response, body: falsePartList(await textOf(response), fault.lie) });
    default:
      return undefined;
  }
}

/** A 200 whose document is an error: the service had to start its response before it was done. */
export function lateError(code: string | undefined, request: RequestInfo): EmulatorResponse {
  const { body = "" } = refusal({ kind: "status", code: code ?? "InternalError" }, request);
  return { status: 200, headers: { "Content-Type": "application/xml" }, body };
}

/** White space while the service works, then the result or an error. */
export function keepAliveResponse(
  response: EmulatorResponse | undefined,
  fault: Extract<Fault, { kind: "keep-alive-spaces" }>,
  request: RequestInfo,
): EmulatorResponse {
  const end = fault.code === undefined ? response : lateError(fault.code, request);
  const { count = 5, everyMs = 10 } = fault;
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < count; sent++) {
      yield Buffer.from(" ");
      await request.sleep(everyMs);
    }
    yield await bytesOf(end);
  }
  const { "Content-Length": _, ...headers } = end?.headers ?? {};
  return { status: 200, headers, body: body() };
}

async function truncate(response: EmulatorResponse, bytes: number): Promise<ChangedResponse> {
  const body = await bytesOf(response);
  if (body.length <= bytes) return unchanged(response, body);
  const headers = { ...response.headers, "Content-Length": String(body.length) };
  return fired({ ...response, headers, body: once(body.subarray(0, bytes)), wire: {} });
}

async function changeContentLength(
  response: EmulatorResponse,
  delta: number,
  request: RequestInfo,
): Promise<ChangedResponse> {
  const body = await bytesOf(response);
  const isHead = request.method === "HEAD";
  const length = isHead ? Number(response.headers["Content-Length"] ?? 0) : body.length;
  if (length + delta < 0 || delta === 0) return unchanged(response, body);
  const headers = { ...response.headers, "Content-Length": String(length + delta) };
  return fired(isHead ? { ...response, headers } : { ...response, headers, body: once(body), wire: {} });
}

/** Changes one byte of an object while it is sent. A response that does not reach that byte stays as it is. */
function flipResponse(response: EmulatorResponse, at: number): ChangedResponse {
  const { body } = response;
  if (typeof body !== "object" || Number(response.headers["Content-Length"] ?? 0) <= at) {
    return { response, fired: false };
  }
  return fired({ ...response, body: flipped(body, at) });
}

async function replaceBody(
  response: EmulatorResponse,
  type: "garbage" | "html" | "gzip" | "empty",
  request: RequestInfo,
): Promise<EmulatorResponse> {
  if (type === "html") {
    await discard(response);
    const page = "<!DOCTYPE html><html><body>Welcome! Please log in to the network.</body></html>\n";
    return foreignResponse(
      200,
      { "Content-Type": "text/html" },
      request.method === "HEAD" ? undefined : page,
    );
  }
  const { "Content-Length": _, ...headers } = response.headers;
  const body = await bytesOf(response);
  if (type === "empty") return { ...response, headers: { ...headers, "Content-Length": "0" }, body: "" };
  const bytes = type === "gzip" ? gzipSync(body) : GARBAGE;
  const encoding = type === "gzip" ? { "Content-Encoding": "gzip" } : {};
  return {
    ...response,
    headers: { ...headers, ...encoding, "Content-Length": String(bytes.length) },
    body: once(bytes),
  };
}

/** Not valid UTF-8; neighbouring bytes differ. */
const GARBAGE = Uint8Array.from({ length: 64 }, (_, index) => (index * 151 + 128) % 256);
