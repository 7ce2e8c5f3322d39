import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Connection } from "../types.ts";

export type BodyState = "sent" | "awaits continue";

/** Whether `100 Continue` needs no sending any more: it was sent, or a fault withholds it. */
export interface ContinueState {
  settled: boolean;
}

/** The connection of a request, as the emulator sees it. */
export function connectionOf(
  request: IncomingMessage,
  bodyState: BodyState,
  earlierRequests: number,
  continueState: ContinueState,
): Connection {
  return {
    // Created on first use: only fault scripts need it.
    get gone() {
      return closeSignalOf(request.socket);
    },
    remoteAddress: request.socket.remoteAddress,
    tlsVersion: tlsVersionOf(request.socket),
    earlierRequests,
    awaitsContinue: bodyState === "awaits continue",
    withholdContinue() {
      continueState.settled = true;
    },
  };
}

function tlsVersionOf(socket: Socket): string | undefined {
  return socket instanceof TLSSocket ? socket.getProtocol()?.replace(/^TLSv/, "") : undefined;
}

const signals = new WeakMap<Socket, AbortSignal>();

/** Aborts when the socket closes. All requests of a connection share one: a listener for each would pile up. */
export function closeSignalOf(socket: Socket): AbortSignal {
  const known = signals.get(socket);
  if (known) return known;
  const controller = new AbortController();
  if (socket.destroyed) controller.abort();
  socket.once("close", () => controller.abort());
  signals.set(socket, controller.signal);
  return controller.signal;
}
