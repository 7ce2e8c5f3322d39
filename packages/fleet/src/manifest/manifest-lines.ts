import { type Line, LineSplitter } from "./split-lines.ts";

/**
 * Where a manifest comes from. A text or a stream (of Node or of the web) is JSON Lines in UTF-8. Any other iterable gives
 * one line or one entry at a time, and so does a stream of Node in object mode.
 */
export type ManifestInput =
  | string
  | Iterable<string | object>
  | AsyncIterable<string | Uint8Array | object>
  | ReadableStream<Uint8Array>;

/** A line as bytes, or an entry as an object. */
export type RawLine = Line | { readonly entry: unknown };

/**
 * The lines of a manifest, in their order.
 * @throws {TypeError} `manifest` is nothing of that
 */
export async function* manifestLines(manifest: ManifestInput): AsyncGenerator<RawLine, void, undefined> {
  if (typeof manifest === "string") {
    yield* linesOfChunks([manifest]);
    return;
  }
  const isObject = typeof manifest === "object" && manifest !== null;
  if (!isObject || !(Symbol.asyncIterator in manifest || Symbol.iterator in manifest))
    throw new TypeError("manifest: must be a text, a stream, or an iterable of lines or entries");
  if (isByteStream(manifest)) yield* linesOfChunks(manifest);
  else yield* linesOfItems(manifest);
}

function isByteStream(value: object): value is AsyncIterable<unknown> {
  if ("getReader" in value) return true;
  return "pipe" in value && (value as { readableObjectMode?: unknown }).readableObjectMode !== true;
}

async function* linesOfChunks(
  chunks: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<RawLine, void, undefined> {
  const splitter = new LineSplitter();
  for await (const chunk of chunks) yield* splitter.add(bytesOf(chunk));
  yield* splitter.end();
}

/** Items of other iterables: each is a line, with or without its line break, or an entry. */
async function* linesOfItems(
  items: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<RawLine, void, undefined> {
  for await (const item of items) {
    if (typeof item !== "string" && !(item instanceof Uint8Array)) {
      yield { entry: item };
      continue;
    }
    const splitter = new LineSplitter();
    yield* splitter.add(bytesOf(item));
    yield* splitter.end();
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError("manifest: the stream must give texts or bytes");
}
