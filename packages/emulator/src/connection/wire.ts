import { STATUS_CODES } from "node:http";
import { HangUp } from "../request/middleware.ts";
import type { EmulatorResponse, HangUpManner } from "../types.ts";

/** The bytes of status line and headers. */
export function serialiseHead(response: EmulatorResponse, method: string | undefined): Buffer {
  const headers = { ...response.headers };
  if (framing(response, method) === "chunked") headers["Transfer-Encoding"] = "chunked";
  if (response.body === undefined && method !== "HEAD" && !isBodiless(response))
    headers["Content-Length"] ??= "0";
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const reason = STATUS_CODES[response.status] ?? "";
  return Buffer.from(`HTTP/1.1 ${response.status} ${reason}\r\n${lines.join("")}\r\n`, "latin1");
}

/** All bytes of a response, sliced if `wire` says so. */
export async function* wireBytes(
  response: EmulatorResponse,
  method: string | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const piece of framed(response, method)) {
    if (response.wire?.sliced) yield* slices(piece);
    else yield piece;
  }
}

async function* framed(response: EmulatorResponse, method: string | undefined): AsyncGenerator<Uint8Array> {
  yield serialiseHead(response, method);
  if (response.body === undefined || method === "HEAD") return;
  const chunked = framing(response, method) === "chunked";
  const body = typeof response.body === "string" ? [Buffer.from(response.body)] : response.body;
  for await (const chunk of body) {
    if (!chunked) yield chunk;
    else if (chunk.length > 0) {
      yield Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]);
    }
  }
  if (chunked) yield Buffer.from("0\r\n\r\n");
}

/** Slices of 1 to 7 bytes in turn. */
function* slices(piece: Uint8Array): Generator<Uint8Array> {
  let length = 1;
  for (let at = 0; at < piece.length; at += length, length = (length % 7) + 1) {
    yield piece.subarray(at, at + length);
  }
}

/**
 * Applies `wire` for a caller without sockets: throws `HangUp` if the response stops in its head; a body that stops
 * throws `HangUp` when it is read so far.
 */
export function withoutWire(response: EmulatorResponse, method: string): EmulatorResponse {
  const { wire, ...rest } = response;
  const stop = wire?.stop;
  if (stop === undefined || typeof stop.manner !== "string") return rest;
  const head = serialiseHead(response, method).length;
  if (stop.bytes < head || rest.body === undefined) throw new HangUp(stop.manner);
  return { ...rest, body: stopping(rest.body, stop.bytes - head, stop.manner) };
}

async function* stopping(
  body: string | AsyncIterable<Uint8Array>,
  bytes: number,
  manner: HangUpManner,
): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of typeof body === "string" ? [Buffer.from(body)] : body) {
    if (chunk.length > left) {
      yield chunk.subarray(0, left);
      break;
    }
    left -= chunk.length;
    yield chunk;
  }
  throw new HangUp(manner);
}

function framing(response: EmulatorResponse, method: string | undefined): "chunked" | "plain" {
  const known = Object.keys(response.headers).some((name) => name.toLowerCase() === "content-length");
  return response.body === undefined || method === "HEAD" || known ? "plain" : "chunked";
}

function isBodiless({ status }: EmulatorResponse): boolean {
  return status === 204 || status === 304;
}
