import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import { ReadAhead } from "../runtime/read-ahead.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { utf8 } from "../text/utf8.ts";
import { holdStream, withSize } from "./hold-stream.ts";
import { blobSource } from "./sources/blob-source.ts";
import { bytesSource } from "./sources/bytes-source.ts";
import { isArrayBuffer } from "./sources/chunk-bytes.ts";

/**
 * Opens a body as a source of bytes. A stream is held already when this returns its promise.
 * @param size bytes of the body, if the caller has declared them
 * @param readAhead memory for what other consumers of a stream read before the upload does
 * @throws {TypeError} not something that can be uploaded, or a stream that can no longer give its whole content
 * @throws {RangeError} the body has another size
 */
export async function openBody(
  runtime: Runtime,
  body: unknown,
  parameter: string,
  size?: number,
  readAhead = new ReadAhead(runtime.defaults.memoryBudget),
): Promise<ByteSource> {
  const source =
    holdStream(body, { runtime, parameter, size, readAhead }) ??
    (await runtime.open(body)) ??
    openPortable(body, parameter);
  if (source === undefined) {
    throw new ArgumentTypeError(
      parameter,
      "must be bytes, a string, a Blob, a stream, an async iterable, or what this runtime reads",
    );
  }
  return ofSize(source, size, parameter);
}

/** Opens a path through the runtime; the message says when the runtime has no files. */
export async function openPath(
  runtime: Runtime,
  path: unknown,
  size?: number,
  refuseSymlinks = false,
): Promise<ByteSource> {
  if (path instanceof URL ? path.protocol !== "file:" : typeof path !== "string" || path === "") {
    throw new ArgumentTypeError("LocalFilePath", "must be a path or a file: URL");
  }
  const input = refuseSymlinks ? { path, refuseSymlinks } : typeof path === "string" ? { path } : path;
  const source = await runtime.open(input);
  if (source === undefined)
    throw new ArgumentTypeError("LocalFilePath", `the ${runtime.name} runtime has no files; use Body`);
  return size === undefined ? source : ofSize(source, size, "LocalFilePath");
}

/** The source, if it can have the declared size. */
async function ofSize(source: ByteSource, size: number | undefined, parameter: string): Promise<ByteSource> {
  if (size === undefined || source.size === size) return source;
  if (source.size === undefined) return withSize(source, size);
  await source.close();
  throw new ArgumentRangeError("ContentLength", `is ${size}, but ${parameter} has ${source.size} bytes`);
}

function openPortable(body: unknown, parameter: string): ByteSource | undefined {
  if (typeof body === "string") return bytesSource(utf8(body));
  if (ArrayBuffer.isView(body) || isArrayBuffer(body)) return bytesSource(bytesOf(body, parameter));
  return body instanceof Blob ? blobSource(body) : undefined;
}

/** Always a new view: the old view of a buffer that was transferred away would only look empty. */
function bytesOf(body: ArrayBuffer | ArrayBufferView, parameter: string): Uint8Array {
  try {
    return ArrayBuffer.isView(body)
      ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
      : new Uint8Array(body);
  } catch {
    throw new ArgumentTypeError(
      parameter,
      "its buffer holds no bytes any more: it was transferred or shrunk",
    );
  }
}
