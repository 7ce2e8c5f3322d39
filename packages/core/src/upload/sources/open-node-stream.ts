import { ArgumentTypeError } from "../../errors.ts";
import type { ByteSource } from "../../runtime/byte-source.ts";
import { isNodeStream } from "./node-stream.ts";
import { NodeStreamSource } from "./node-stream-source.ts";
import { ReadAhead } from "./read-ahead.ts";

/**
 * Opens a stream that an adapter has made itself, of a device for example.
 * @param stream a Node Readable, or a stream of that shape
 * @param parameter what messages call it
 * @throws {TypeError} something else
 */
export function openNodeStream(stream: object, parameter: string): ByteSource {
  if (!isNodeStream(stream)) throw new ArgumentTypeError(parameter, "must be a Node stream");
  return new NodeStreamSource(stream, parameter, new ReadAhead(0));
}
