import type { ByteSource } from "@cosup/core/runtime";
import { ArgumentTypeError } from "@cosup/core/upload";
import { ByteReader } from "./read-bytes.ts";

/**
 * A source that reads a byte stream once, from its beginning; undefined for any other stream, which core reads itself.
 */
export function byteStreamSource(stream: ReadableStream, size: number | undefined): ByteSource | undefined {
  if (stream.locked) {
    throw new ArgumentTypeError("Body", "the stream is locked: somebody else is reading it");
  }
  const reader = ByteReader.of(stream);
  if (reader === undefined) return undefined;
  return {
    size,
    fingerprint: undefined,
    access: "sequential",
    inMemory: false,
    read: (_start, _end, into, signal) => reader.fill(into, signal),
    interrupt: () => reader.interrupt(),
    changed: async () => false,
    close: () => reader.cancel(),
  };
}
