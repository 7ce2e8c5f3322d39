import type { IncomingMessage } from "node:http";
import type { SlowLink } from "../link/slow-link.ts";
import { closeSignalOf } from "./connection.ts";

/** Reads what is left of a body and drops it, so that its sender sees a response; over a slow link, no faster than that. */
export function dropBody(request: IncomingMessage, link: SlowLink | undefined): void {
  if (link?.options === undefined) request.resume();
  else void dropSlowly(request, link);
}

async function dropSlowly(request: IncomingMessage, link: SlowLink): Promise<void> {
  try {
    const rest = request.iterator({ destroyOnReturn: false });
    for await (const _ of link.arriving(rest, closeSignalOf(request.socket))) {
      // Only its arrival counts.
    }
  } catch {
    // The connection is gone, and the rest with it.
  }
}
