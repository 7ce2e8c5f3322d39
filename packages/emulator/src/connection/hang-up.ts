import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { SlowLink } from "../link/slow-link.ts";
import type { HangUpManner } from "../types.ts";
import { dropBody } from "./drop-body.ts";
import { tcpSocketOf } from "./tcp-socket.ts";

/** A client that never closes must not keep its connection open for ever. */
const MAX_SILENCE_MS = 30 * 60_000;

const left = new WeakMap<Duplex, HangUpManner>();

/** How a connection was left without a response, or without the rest of one. Undefined: it was not. */
export function mannerOfLeaving(socket: Duplex): HangUpManner | undefined {
  return left.get(socket);
}

/** Ends a connection without a response, or without the rest of one. */
export function hangUp(request: IncomingMessage, manner: HangUpManner, link?: SlowLink): void {
  const { socket } = request;
  left.set(socket, manner);
  switch (manner) {
    case "reset":
      tcpSocketOf(socket).resetAndDestroy();
      return;
    case "close":
      socket.destroy();
      return;
    case "fin":
      socket.end();
      break;
    case "stop-reading":
      socket.pause();
      break;
    case "silence":
      break;
  }
  // Reading on lets the client send its whole body, and reveals when it closes the connection.
  if (manner !== "stop-reading") dropBody(request, link);
  const timer = setTimeout(() => socket.destroy(), MAX_SILENCE_MS).unref();
  socket.once("close", () => clearTimeout(timer));
}
