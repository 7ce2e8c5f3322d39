import { isDetached } from "../../digest/detached-buffer.ts";
import { ArgumentTypeError, SourceError } from "../../errors.ts";
import { utf8 } from "../../text/utf8.ts";

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get;

/** Whether this is an ArrayBuffer of any realm: those of jest and `vm` are no `instanceof` this realm's class. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    byteLength?.call(value);
    return byteLength !== undefined;
  } catch {
    return false;
  }
}

/**
 * The bytes of one chunk of a stream; a string is its UTF-8.
 * @throws {TypeError} neither bytes nor a string
 * @throws {SourceError} the chunk's buffer was transferred away before it was read, so that it only looks empty
 */
export function chunkBytes(chunk: unknown, parameter: string): Uint8Array {
  if (typeof chunk === "string") return utf8(chunk);
  const bytes = viewOf(chunk);
  if (bytes === undefined) {
    throw new ArgumentTypeError(parameter, `a stream of bytes or strings; this one yields ${typeof chunk}s`);
  }
  if (isDetached(bytes)) throw chunkDetached();
  return bytes;
}

function viewOf(chunk: unknown): Uint8Array | undefined {
  // First, and without a new view: that costs more than a tiny chunk itself.
  if (chunk instanceof Uint8Array) return chunk;
  try {
    if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    return isArrayBuffer(chunk) ? new Uint8Array(chunk) : undefined;
  } catch (cause) {
    throw chunkDetached(cause);
  }
}

function chunkDetached(cause?: unknown): SourceError {
  return new SourceError(
    "a chunk of the stream was transferred away before it was read",
    "source-changed",
    cause,
    "leave the buffer alone until the call has settled, or upload a copy",
  );
}
