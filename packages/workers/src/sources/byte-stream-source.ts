import { ArgumentTypeError, type ByteSource } from "@cosup/core";
import { ByteReader } from "./read-bytes.ts";

/** A byte stream, read once from front to back; undefined for a stream of anything else, which core reads. */
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
    resident: false,
    read: (_start, _end, into, signal) => reader.fill(into, signal),
    interrupt: () => reader.interrupt(),
    changed: async () => false,
    close: () => reader.cancel(),
  };
}

/** The body of a request or an answer: of known length when its headers tell it. */
export function messageSource(message: Request | Response): ByteSource | undefined {
  if (message.bodyUsed) throw new ArgumentTypeError("Body", "was read already");
  if (message.body === null) return nothing;
  return byteStreamSource(message.body, lengthOf(message));
}

function lengthOf(message: Request | Response): number | undefined {
  const length = message.headers.get("content-length");
  // fetch has decoded an answer's body, and its length is that of the encoded one.
  const decoded = message instanceof Response && message.headers.has("content-encoding");
  return length === null || decoded || !/^\d+$/.test(length) ? undefined : Number(length);
}

const nothing: ByteSource = {
  size: 0,
  fingerprint: undefined,
  access: "random",
  resident: true,
  read: async () => new Uint8Array(0),
  changed: async () => false,
  close: async () => {},
};
