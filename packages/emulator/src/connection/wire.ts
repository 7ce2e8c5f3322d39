import { STATUS_CODES } from "node:http";
import { HangUp } from "../request/middleware.ts";
import type { EmulatorResponse, HangUpManner } from "../types.ts";

/** The status line and the headers, as they stand on the wire. */
export function serialiseHead(answer: EmulatorResponse, method: string | undefined): Buffer {
  const headers = { ...answer.headers };
  if (framing(answer, method) === "chunked") headers["Transfer-Encoding"] = "chunked";
  if (answer.body === undefined && method !== "HEAD" && !isBodiless(answer))
    headers["Content-Length"] ??= "0";
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const reason = STATUS_CODES[answer.status] ?? "";
  return Buffer.from(`HTTP/1.1 ${answer.status} ${reason}\r\n${lines.join("")}\r\n`, "latin1");
}

/** The answer from its first byte to its last, in pieces that end where the wire says. */
export async function* wireBytes(
  answer: EmulatorResponse,
  method: string | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const piece of whole(answer, method)) {
    if (answer.wire?.sliced) yield* slices(piece);
    else yield piece;
  }
}

async function* whole(answer: EmulatorResponse, method: string | undefined): AsyncGenerator<Uint8Array> {
  yield serialiseHead(answer, method);
  if (answer.body === undefined || method === "HEAD") return;
  const chunked = framing(answer, method) === "chunked";
  const body = typeof answer.body === "string" ? [Buffer.from(answer.body)] : answer.body;
  for await (const chunk of body) {
    if (!chunked) yield chunk;
    else if (chunk.length > 0) {
      yield Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]);
    }
  }
  if (chunked) yield Buffer.from("0\r\n\r\n");
}

/** Lengths 1 to 7 in turn. */
function* slices(piece: Uint8Array): Generator<Uint8Array> {
  let length = 1;
  for (let at = 0; at < piece.length; at += length, length = (length % 7) + 1) {
    yield piece.subarray(at, at + length);
  }
}

/** For a caller without sockets: an answer that stops in its head is none, one that stops later breaks as it is read. */
export function withoutWire(answer: EmulatorResponse, method: string): EmulatorResponse {
  const { wire, ...rest } = answer;
  const stop = wire?.stop;
  if (stop === undefined || typeof stop.manner !== "string") return rest;
  const head = serialiseHead(answer, method).length;
  if (stop.bytes < head || rest.body === undefined) throw new HangUp(stop.manner);
  return { ...rest, body: broken(rest.body, stop.bytes - head, stop.manner) };
}

async function* broken(
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

function framing(answer: EmulatorResponse, method: string | undefined): "chunked" | "plain" {
  const known = Object.keys(answer.headers).some((name) => name.toLowerCase() === "content-length");
  return answer.body === undefined || method === "HEAD" || known ? "plain" : "chunked";
}

function isBodiless({ status }: EmulatorResponse): boolean {
  return status === 204 || status === 304;
}
