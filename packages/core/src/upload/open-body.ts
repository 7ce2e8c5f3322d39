import { ArgumentRangeError, ArgumentTypeError, SourceError } from "../errors.ts";
import type { Runtime } from "../runtime.ts";
import { utf8 } from "../text/utf8.ts";
import type { ByteSource } from "./source.ts";
import { blobSource } from "./sources/blob-source.ts";
import { bytesSource } from "./sources/bytes-source.ts";
import { streamSource } from "./sources/stream-source.ts";

/**
 * What can be uploaded: bytes, text, a Blob or File, a web stream, an async iterable, or what the runtime adds
 * (Node: `{ path }`, a `file:` URL, a `Readable`, a `FileHandle`). A string is content, never a path.
 */
export type Body =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | ReadableStream
  | AsyncIterable<Uint8Array | string>
  | { readonly path: string }
  | URL
  // Objects of the runtime's own, R2 objects for one.
  | object;

/**
 * Opens a body as a source of bytes.
 * @param size its length when the caller knows it better than the body does
 * @throws {TypeError} not something that can be uploaded
 * @throws {RangeError} `size` is not the body's
 */
export async function openBody(
  runtime: Runtime,
  body: unknown,
  parameter: string,
  size?: number,
): Promise<ByteSource> {
  const source = (await runtime.open(body)) ?? openPortable(body, parameter, size);
  if (source === undefined) {
    throw new ArgumentTypeError(
      parameter,
      "must be bytes, a string, a Blob, a stream, an async iterable, or what this runtime reads (a path in Node)",
    );
  }
  if (size === undefined || source.size === size) return source;
  if (source.size === undefined) return { ...bindSource(source), size };
  await source.close();
  throw new ArgumentRangeError("ContentLength", `is ${size}, but ${parameter} has ${source.size} bytes`);
}

/** Opens a path through the runtime; the message says when the runtime has no files. */
export async function openPath(
  runtime: Runtime,
  path: unknown,
  size?: number,
  plainFile = false,
): Promise<ByteSource> {
  if (!(path instanceof URL) && (typeof path !== "string" || path === "")) {
    throw new ArgumentTypeError("LocalFilePath", "must be a path or a file: URL");
  }
  const input = plainFile ? { path, plainFile } : typeof path === "string" ? { path } : path;
  const source = await runtime.open(input);
  if (source === undefined)
    throw new ArgumentTypeError("LocalFilePath", `the ${runtime.name} runtime has no files; use Body`);
  if (size === undefined || source.size === size) return source;
  await source.close();
  throw new ArgumentRangeError(
    "ContentLength",
    `is ${size}, but the file has ${source.size ?? "unknown many"} bytes`,
  );
}

function openPortable(body: unknown, parameter: string, size: number | undefined): ByteSource | undefined {
  if (typeof body === "string") return bytesSource(utf8(body));
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return bytesSource(bytesOf(body, parameter));
  if (body instanceof Blob) return blobSource(body);
  if (body instanceof ReadableStream) {
    if (body.locked)
      throw new ArgumentTypeError(parameter, "the stream is locked: somebody else is reading it");
    return streamSource(body, size);
  }
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) {
    return streamSource(body as AsyncIterable<unknown>, size);
  }
  return undefined;
}

/** A view made anew in any case: of a buffer that was transferred away, an old one would only seem empty. */
function bytesOf(body: ArrayBuffer | ArrayBufferView, parameter: string): Uint8Array {
  try {
    return body instanceof ArrayBuffer
      ? new Uint8Array(body)
      : new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  } catch {
    throw new ArgumentTypeError(
      parameter,
      "its buffer holds no bytes any more: it was transferred or shrunk",
    );
  }
}

function bindSource(source: ByteSource): Omit<ByteSource, "size"> {
  return {
    fingerprint: source.fingerprint,
    access: source.access,
    resident: source.resident,
    read: (start, end, into, signal) => source.read(start, end, into, signal),
    ...(source.interrupt === undefined ? {} : { interrupt: () => source.interrupt?.() }),
    changed: () => source.changed(),
    close: () => source.close(),
  };
}

/** Reads a whole source of at most `limit` bytes into memory of its own. */
export async function readWhole(
  source: ByteSource,
  limit: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const size = source.size ?? limit;
  const bytes = await source.read(
    0,
    size,
    source.resident ? new Uint8Array(0) : new Uint8Array(size),
    signal,
  );
  if (source.size !== undefined && bytes.length !== source.size) {
    throw new SourceError(`the source ended after ${bytes.length} of ${source.size} bytes`, "source-length");
  }
  return bytes;
}
