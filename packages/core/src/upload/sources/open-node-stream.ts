import { ArgumentTypeError } from "../../errors.ts";
import type { ByteSource } from "../../runtime/byte-source.ts";
import { ReadAhead } from "../../runtime/read-ahead.ts";
import { isNodeStream } from "./node-stream.ts";
import { NodeStreamSource } from "./node-stream-source.ts";

/**
 * Opens a stream that an adapter has made itself, of a device for example.
 * @param stream a Node Readable, or a stream of that shape
 * @param parameter what messages call it
 * @throws {TypeError} something else
 */
export function openNodeStream(stream: object, parameter: string): ByteSource {
  const source = holdNodeStream(stream, parameter, new ReadAhead(0));
  if (source === undefined) throw new ArgumentTypeError(parameter, "must be a Node stream");
  return source;
}

/**
 * `Runtime.holdNodeStream` of runtimes that have such streams.
 * @returns undefined: it is none
 */
export function holdNodeStream(
  stream: object,
  parameter: string,
  readAhead: ReadAhead,
): ByteSource | undefined {
  return isNodeStream(stream) ? new NodeStreamSource(stream, parameter, readAhead) : undefined;
}
