import type { IncomingMessage } from "node:http";

/** So many bytes wait for a reader that is busy; then the socket is not read. */
const MOST_BYTES = 128 * 1024;

/**
 * The chunks of a body as the socket gives them. Node's iterator joins those that have come since the last one, which
 * copies half of a large body. A reader that stops early leaves the connection open, and the rest unread.
 */
export async function* bodyChunks(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let bytes = 0;
  let failure: Error | undefined;
  let wake = (): void => {};
  const onData = (chunk: Uint8Array): void => {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes >= MOST_BYTES) request.pause();
    wake();
  };
  const onError = (error: Error): void => {
    failure ??= error;
    wake();
  };
  const onEnd = (): void => wake();
  request.on("data", onData).on("error", onError).on("end", onEnd).on("close", onEnd);
  try {
    for (;;) {
      for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
        bytes -= chunk.length;
        yield chunk;
      }
      if (failure !== undefined) throw failure;
      if (request.readableEnded) return;
      if (request.destroyed) throw new Error("the connection is gone");
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      request.resume();
      await woken;
    }
  } finally {
    request.off("data", onData).off("error", onError).off("end", onEnd).off("close", onEnd).pause();
  }
}
