import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";

/** Resolves when a stream takes more bytes, or when its connection is closed. */
export function drained(stream: Writable | ServerResponse, socket: Socket): Promise<void> {
  return eventOrClose(stream, "drain", socket);
}

/** Resolves when the kernel has a whole response, or when its connection is closed. */
export async function sent(response: ServerResponse, socket: Socket): Promise<void> {
  if (!response.writableFinished) await eventOrClose(response, "finish", socket);
}

/** The response of a request that was pipelined may never learn that its connection was closed. The socket always does. */
function eventOrClose(
  stream: Writable | ServerResponse,
  event: "drain" | "finish",
  socket: Socket,
): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off(event, done);
      socket.off("close", done);
      resolve();
    };
    stream.on(event, done);
    socket.on("close", done);
  });
}
