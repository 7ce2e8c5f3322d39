import { Readable } from "node:stream";
import type { WireRequest } from "@cosup/core/runtime";

/**
 * The most bytes that one write hands to a socket: the default memory budget, so that only a part above it is cut.
 * OpenSSL takes the length of a write as a signed 32-bit number: a TLS socket fails with EPROTO when it is given 2 GiB.
 */
const LARGEST_WRITE = 64 * 1024 ** 2;
/** Bytes of each write of a larger body. A TLS socket holds a write a second time, encrypted, until it has gone. */
const PIECE = 8 * 1024 ** 2;
/**
 * Bytes of each write of a body over HTTP/2. Node refuses the response of a stream while the connection's streams have more
 * than 10 MB queued (`maxSessionMemory`), and undici puts a body that is one piece of memory into the queue at once. A dispatcher
 * has at most 100 streams under way.
 */
export const HTTP2_PIECE = 64 * 1024;

/** A body and its headers, as options of undici. */
export interface RequestBody {
  readonly body: Buffer | Readable | null;
  readonly headers: Record<string, string>;
}

/**
 * A body whose rate is limited: each block waits for its turn.
 * @param piece the most bytes of a write
 */
export function pacedBody(request: WireRequest, body: Uint8Array, piece = LARGEST_WRITE): RequestBody {
  const whole = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const headers = { ...request.headers, "content-length": String(whole.length) };
  return { body: Readable.from(pacedPieces(request, whole, piece)), headers };
}

async function* pacedPieces(request: WireRequest, whole: Buffer, piece: number): AsyncGenerator<Buffer> {
  const { paceBlock = whole.length } = request;
  for (let start = 0; start < whole.length; start += paceBlock) {
    const block = whole.subarray(start, start + paceBlock);
    // After the request has ended, the memory may belong to another part.
    if ((await request.pace?.(block.length)) === false) return;
    yield* pieces(block, piece);
  }
}

/** A body of which a connection over HTTP/2 queues little: it is asked for the next piece when the one before it has gone. */
export function bodyForHttp2(
  body: Uint8Array | undefined,
  headers: Readonly<Record<string, string>>,
): RequestBody {
  if (body === undefined || body.length <= HTTP2_PIECE) return requestBody(body, headers);
  const whole = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const length = String(whole.length);
  return { body: Readable.from(copies(whole)), headers: { ...headers, "content-length": length } };
}

/** Copies, because nobody tells when a stream that was ended has let go of the memory. */
function* copies(whole: Buffer): Generator<Buffer> {
  for (let start = 0; start < whole.length; start += HTTP2_PIECE) {
    yield Buffer.from(whole.subarray(start, start + HTTP2_PIECE));
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
