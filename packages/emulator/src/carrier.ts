import type { IncomingMessage } from "node:http";
import type { Carrier } from "./message.ts";

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
  let gone: AbortSignal | undefined;
  return {
    // Made when a script asks for it: most requests never do.
    get gone() {
      if (gone) return gone;
      const leaving = new AbortController();
      if (request.socket.destroyed) leaving.abort();
      request.socket.once("close", () => leaving.abort());
      gone = leaving.signal;
      return gone;
    },
    remoteAddress: request.socket.remoteAddress,
    earlierRequests,
    awaitsContinue: bodyState === "awaits continue",
    withholdContinue() {
      goAhead.given = true;
    },
  };
}
