import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Carrier } from "../types.ts";

export type BodyState = "sent" | "awaits continue";

/** Whether `100 Continue` has been sent, or never shall be. */
export interface GoAhead {
  given: boolean;
}

/** The connection of a request, as the emulator sees it. */
export function carrierOf(
  request: IncomingMessage,
  bodyState: BodyState,
  earlierRequests: number,
  goAhead: GoAhead,
): Carrier {
  return {
    // Made when a script asks for it: most requests never do.
    get gone() {
      return goneOf(request.socket);
    },
    remoteAddress: request.socket.remoteAddress,
    earlierRequests,
    awaitsContinue: bodyState === "awaits continue",
    withholdContinue() {
      goAhead.given = true;
    },
  };
}

const signals = new WeakMap<Socket, AbortSignal>();

/** Fires when the connection closes. One for all requests that it carries: listeners of each would pile up. */
function goneOf(socket: Socket): AbortSignal {
  const known = signals.get(socket);
  if (known) return known;
  const leaving = new AbortController();
  if (socket.destroyed) leaving.abort();
  socket.once("close", () => leaving.abort());
  signals.set(socket, leaving.signal);
  return leaving.signal;
}
