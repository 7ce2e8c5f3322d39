import { gzipSync } from "node:zlib";
import type { EmulatorResponse } from "../types.ts";
import { bytesOf, discard, once, textOf } from "./answer-bytes.ts";
import type { Fault } from "./instruction.ts";
import { foreign, type Interrupted, refusal } from "./interrupt.ts";
import { CRC64, ETAG, lieAboutDigest, lieAboutParts } from "./lies.ts";

/** An answer, and whether the fault has struck it. */
export interface Reshaped {
  readonly answer: EmulatorResponse;
  readonly struck: boolean;
}

const struck = (answer: EmulatorResponse): Reshaped => ({ answer, struck: true });
/** The body has been looked at, and must still be readable. */
const spared = (answer: EmulatorResponse, body: Uint8Array): Reshaped => ({
  answer: { ...answer, ...(answer.body !== undefined && { body: once(body) }) },
  struck: false,
});

/** Changes the answer of an operation that has succeeded; undefined if the fault does no such thing. */
export async function reshape(
  fault: Fault,
  answer: EmulatorResponse,
  request: Interrupted,
): Promise<Reshaped | undefined> {
  switch (fault.kind) {
    case "slice":
      return struck({ ...answer, wire: { ...answer.wire, sliced: true } });
    case "truncate":
      return truncate(answer, fault.bytes);
    case "content-length":
      return misstate(answer, fault.delta, request);
    case "body":
      return struck(await replaceBody(answer, fault.type, request));
    case "late-error":
      return struck(lateError(fault.code, request));
    case "keep-alive-spaces":
      return struck(keptAlive(answer, fault, request));
    case "etag":
      return struck(lieAboutDigest(answer, ETAG, fault.value));
    case "crc64":
      return struck(lieAboutDigest(answer, CRC64, fault.value));
    case "list-parts":
      return struck({ ...answer, body: lieAboutParts(await textOf(answer), fault.lie) });
    default:
      return undefined;
  }
}

/** A 200 that turns out to be a failure: the service had to answer before it was done. */
export function lateError(code: string | undefined, request: Interrupted): EmulatorResponse {
  const { body = "" } = refusal({ kind: "status", code: code ?? "InternalError" }, request);
  return { status: 200, headers: { "Content-Type": "application/xml" }, body };
}

/** White space while the service works, then its result or its failure. */
export function keptAlive(
  answer: EmulatorResponse | undefined,
  fault: Extract<Fault, { kind: "keep-alive-spaces" }>,
  request: Interrupted,
): EmulatorResponse {
  const end = fault.code === undefined ? answer : lateError(fault.code, request);
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

async function truncate(answer: EmulatorResponse, bytes: number): Promise<Reshaped> {
  const body = await bytesOf(answer);
  if (body.length <= bytes) return spared(answer, body);
  const headers = { ...answer.headers, "Content-Length": String(body.length) };
  return struck({ ...answer, headers, body: once(body.subarray(0, bytes)), wire: {} });
}

async function misstate(answer: EmulatorResponse, delta: number, request: Interrupted): Promise<Reshaped> {
  const body = await bytesOf(answer);
  const mute = request.method === "HEAD";
  const length = mute ? Number(answer.headers["Content-Length"] ?? 0) : body.length;
  if (length + delta < 0 || delta === 0) return spared(answer, body);
  const headers = { ...answer.headers, "Content-Length": String(length + delta) };
  return struck(mute ? { ...answer, headers } : { ...answer, headers, body: once(body), wire: {} });
}

async function replaceBody(
  answer: EmulatorResponse,
  type: "garbage" | "html" | "gzip" | "empty",
  request: Interrupted,
): Promise<EmulatorResponse> {
  if (type === "html") {
    await discard(answer);
    const page = "<!DOCTYPE html><html><body>Welcome! Please log in to the network.</body></html>\n";
    return foreign(200, { "Content-Type": "text/html" }, request.method === "HEAD" ? undefined : page);
  }
  const { "Content-Length": _, ...headers } = answer.headers;
  const body = await bytesOf(answer);
  if (type === "empty") return { ...answer, headers: { ...headers, "Content-Length": "0" }, body: "" };
  const bytes = type === "gzip" ? gzipSync(body) : GARBAGE;
  const encoding = type === "gzip" ? { "Content-Encoding": "gzip" } : {};
  return {
    ...answer,
    headers: { ...headers, ...encoding, "Content-Length": String(bytes.length) },
    body: once(bytes),
  };
}

/** No UTF-8, and not the same byte twice in a row. */
const GARBAGE = Uint8Array.from({ length: 64 }, (_, index) => (index * 151 + 128) % 256);
