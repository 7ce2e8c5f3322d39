import type { NodeStream } from "./node-stream.ts";
import { decodes } from "./node-stream-text.ts";
import { onCall } from "./on-call.ts";
import { streamFailed } from "./stream-failed.ts";

/** What an upload has to know of its stream; {@link observeNodeStream} calls these methods. */
export interface NodeStreamObserver {
  /** The stream gives a chunk, to this upload or to another consumer. */
  chunk(chunk: unknown): void;
  /** A read may succeed now. */
  readable(): void;
  /** Also after the end, where a failure no longer matters. */
  failed(error: unknown): void;
  ended(): void;
}

/** Events without which an upload misses bytes or the end of the stream. */
const NEEDED_EVENTS: ReadonlySet<unknown> = new Set(["data", "readable", "end", "error", "close"]);

/**
 * Observes a stream from now on, and pauses it. A stream may also fail while its upload waits in a queue: without a
 * listener, its "error" would end the process.
 * @returns ends the observation, except that errors still have a listener
 */
export function observeNodeStream(stream: NodeStream, observer: NodeStreamObserver): () => void {
  let hasGivenChunks = false;
  const onReadable = (): void => observer.readable();
  const onData = (chunk: unknown): void => {
    hasGivenChunks = true;
    observer.chunk(chunk);
  };
  stream.on("error", (error: unknown) => observer.failed(streamFailed(error)));
  stream.on("end", () => observer.ended());
  stream.on("close", () => onClose(stream, observer));
  // `resume`: a destination of `pipe` no longer asks the stream to wait.
  stream.on("resume", onReadable);
  // From now on other consumers cannot make a stream of today's Node flow: it gives only what is read.
  stream.on("readable", onReadable);
  // Before other listeners, which may change the chunk in place, or read the next one.
  if (stream.prependListener === undefined) stream.on("data", onData);
  else stream.prependListener("data", onData);
  // Streams of readable-stream 2 and streamx still flow.
  if (stream.isPaused?.() !== true) stream.pause();
  const restore = observeCalls(stream, observer, () => hasGivenChunks);
  return () => {
    stream.removeListener("data", onData);
    stream.removeListener("readable", onReadable);
    stream.removeListener("resume", onReadable);
    for (const each of restore) each();
  };
}

/** Older streams close while bytes still wait in them. */
function onClose({ destroyed, _readableState: state }: NodeStream, observer: NodeStreamObserver): void {
  if (destroyed !== true && state?.ended === true) observer.readable();
  else observer.failed(streamFailed("it was closed before its end"));
}

/** Fails the upload when another consumer calls a method that takes bytes or events away. */
function observeCalls(
  stream: NodeStream,
  observer: NodeStreamObserver,
  hasGivenChunks: () => boolean,
): readonly (() => void)[] {
  const fail = (cause: string): void => observer.failed(streamFailed(cause));
  return [
    onCall(stream, "unshift", () => {
      if (hasGivenChunks()) fail("another consumer called unshift, so that bytes would be stored twice");
    }),
    onCall(stream, "removeAllListeners", ([event]) => {
      if (event !== undefined && !NEEDED_EVENTS.has(event)) return;
      fail("another consumer called removeAllListeners");
    }),
    // Bytes that wait in the stream are decoded at once, and the first bytes of a character may be lost: Node 20 and 22 drop
    // them when the source has ended, every stream when it gets another encoding.
    onCall(stream, "setEncoding", ([encoding]) => fail(decodes(String(encoding ?? "utf8")))),
    // Some streams do not emit "close" then.
    onCall(stream, "destroy", () => {
      if (stream._readableState?.emitClose !== true) fail("it was destroyed before its end");
    }),
  ];
}
