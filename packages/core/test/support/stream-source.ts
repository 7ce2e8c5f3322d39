import type { ByteSource } from "../../src/runtime/byte-source.ts";
import { iterableSource, webStreamSource } from "../../src/upload/sources/stream-source.ts";

/** The source of a stream or iterable that was not read before. */
export function streamSource(
  input: ReadableStream | AsyncIterable<unknown>,
  size: number | undefined,
): ByteSource {
  const options = { parameter: "Body", size, mustYield: false };
  return input instanceof ReadableStream ? webStreamSource(input, options) : iterableSource(input, options);
}
