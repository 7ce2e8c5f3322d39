import type { ByteSource } from "../runtime/byte-source.ts";
import type { ReadAhead } from "../runtime/read-ahead.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { bytesSource } from "./sources/bytes-source.ts";
import { isMessage, messageBody } from "./sources/message.ts";
import { iterableSource, webStreamSource } from "./sources/stream-source.ts";
import { isWebStream, refuseDisturbed } from "./sources/web-stream.ts";

/** What {@link holdStream} needs besides the body. */
export interface HoldContext {
  readonly runtime: Runtime;
  /** For errors. */
  readonly parameter: string;
  /** Bytes, if the caller has declared them. */
  readonly size: number | undefined;
  readonly readAhead: ReadAhead;
}

/**
 * Opens a body that can be read only once. The stream is held when this returns: from then on no other consumer can take
 * bytes from it unnoticed. Undefined: the body is of another kind.
 * @throws {TypeError} the stream was read, cancelled, locked or given to an upload before
 */
export function holdStream(body: unknown, context: HoldContext): ByteSource | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  if (!isMessage(body)) return holdPlain(body, undefined, context);
  const message = messageBody(body, context.parameter);
  if (message.body === null) return bytesSource(new Uint8Array(0));
  return holdPlain(message.body, message.size, context);
}

/** @param declared bytes according to the headers of a message */
function holdPlain(body: object, declared: number | undefined, context: HoldContext): ByteSource | undefined {
  const { runtime, parameter, size, readAhead } = context;
  const source = runtime.holdNodeStream?.(body, parameter, readAhead);
  if (source !== undefined) return declared === undefined ? source : withSize(source, declared);
  if (isWebStream(body)) {
    const mustYield = !refuseDisturbed(body, parameter) && size !== 0;
    return (
      runtime.openStream?.(body, declared) ?? webStreamSource(body, { parameter, size: declared, mustYield })
    );
  }
  if (!isAsyncIterable(body)) return undefined;
  return iterableSource(body, { parameter, size: undefined, mustYield: size !== 0 });
}

function isAsyncIterable(body: object): body is AsyncIterable<unknown> {
  return typeof Reflect.get(body, Symbol.asyncIterator) === "function";
}

/** The same source, with a declared size. */
export function withSize(source: ByteSource, size: number): ByteSource {
  return {
    size,
    fingerprint: source.fingerprint,
    access: source.access,
    inMemory: source.inMemory,
    read: (start, end, into, signal) => source.read(start, end, into, signal),
    ...(source.interrupt === undefined ? {} : { interrupt: () => source.interrupt?.() }),
    changed: () => source.changed(),
    close: () => source.close(),
  };
}
