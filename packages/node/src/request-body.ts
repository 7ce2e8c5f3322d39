import { Readable } from "node:stream";

/**
 * The most bytes that one write hands to a socket. OpenSSL takes the length of a write as a signed 32-bit number: a TLS
 * socket fails with EPROTO when it is given 2 GiB at once.
 */
const LARGEST_WRITE = 256 * 1024 ** 2;

/** What undici is told of a body. */
export interface RequestBody {
  readonly body: Buffer | Readable | null;
  readonly headers: Record<string, string>;
}

/** A body as undici takes it: one piece of memory, or the pieces of a very large one, one after another. */
export function requestBody(
  body: Uint8Array | undefined,
  headers: Readonly<Record<string, string>>,
  largest: number = LARGEST_WRITE,
): RequestBody {
  const given = headers as Record<string, string>;
  if (body === undefined) {
    return { body: null, headers: given };
  }
  const whole = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (whole.length <= largest) {
    return { body: whole, headers: given };
  }
  // Of a stream, undici knows no length: it would send chunks.
  const length = String(whole.length);
  return { body: Readable.from(pieces(whole, largest)), headers: { ...given, "content-length": length } };
}

function* pieces(whole: Buffer, largest: number): Generator<Buffer> {
  for (let start = 0; start < whole.length; start += largest) {
    yield whole.subarray(start, start + largest);
  }
}
