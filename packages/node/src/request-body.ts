import { Readable } from "node:stream";
import type { WireRequest } from "@cosup/core/runtime";
import type { Http2Body } from "./http2-body.ts";

/**
 * The most bytes that one write hands to a socket: the default memory budget, so that only a part above it is cut.
 * OpenSSL takes the length of a write as a signed 32-bit number: a TLS socket fails with EPROTO when it is given 2 GiB.
 */
const LARGEST_WRITE = 64 * 1024 ** 2;
/** Bytes of each write of a larger body. A TLS socket holds a write a second time, encrypted, until it has gone. */
const PIECE = 8 * 1024 ** 2;

/** A body and its headers, as options of undici. */
export interface RequestBody {
  readonly body: Buffer | Readable | Http2Body | null;
  readonly headers: Record<string, string>;
}

/** A body whose rate is limited. */
export function pacedBody(request: WireRequest, body: Uint8Array): RequestBody {
  const headers = { ...request.headers, "content-length": String(body.length) };
  return { body: Readable.from(pacedPieces(request, body)), headers };
}

/** The blocks of a body whose rate is limited: each waits for its turn. */
export async function* pacedPieces(request: WireRequest, body: Uint8Array): AsyncGenerator<Buffer> {
  const whole = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const { paceBlock = whole.length } = request;
  for (let start = 0; start < whole.length; start += paceBlock) {
    const block = whole.subarray(start, start + paceBlock);
    // After the request has ended, the memory may belong to another part.
    if ((await request.pace?.(block.length)) === false) return;
    yield* pieces(block, LARGEST_WRITE);
  }
}

/** A body as undici takes it: one piece of memory, or the pieces of a very large one, one after another. */
export function requestBody(
  body: Uint8Array | undefined,
  headers: Readonly<Record<string, string>>,
  largest: number = LARGEST_WRITE,
  piece: number = PIECE,
): RequestBody {
  const given = headers as Record<string, string>;
  if (body === undefined) {
    return { body: null, headers: given };
  }
  const whole = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (whole.length <= largest) {
    return { body: whole, headers: given };
  }
  // undici does not know the length of a stream, and would send chunks.
  const length = String(whole.length);
  return { body: Readable.from(pieces(whole, piece)), headers: { ...given, "content-length": length } };
}

function* pieces(whole: Buffer, piece: number): Generator<Buffer> {
  for (let start = 0; start < whole.length; start += piece) {
    yield whole.subarray(start, start + piece);
  }
}
