import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { setImmediate, setTimeout } from "node:timers/promises";
import { discard } from "../faults/response-body.ts";
import type { SlowLink } from "../link/slow-link.ts";
import type { EmulatorResponse, Stop } from "../types.ts";
import { dropBody } from "./drop-body.ts";
import { hangUp } from "./hang-up.ts";
import { drained } from "./sending.ts";
import { wireBytes } from "./wire.ts";

/**
 * Writes a response directly to the socket, because node's writer allows no invalid HTTP. Another response could not
 * follow, so the connection is closed.
 */
export async function writeRaw(
  response: EmulatorResponse,
  request: IncomingMessage,
  link: SlowLink | undefined,
): Promise<void> {
  request.socket.setNoDelay(true);
  try {
    if (await writePieces(response, request, link)) {
      dropBody(request, link);
      request.socket.end();
    }
  } finally {
    await discard(response);
  }
}

/** Returns whether the whole response was written. */
async function writePieces(
  response: EmulatorResponse,
  request: IncomingMessage,
  link: SlowLink | undefined,
): Promise<boolean> {
  const { socket } = request;
  let stop = response.wire?.stop;
  let written = 0;
  for await (const piece of wireBytes(response, request.method)) {
    let rest = piece;
    if (stop !== undefined && written + piece.length >= stop.bytes) {
      await write(socket, piece.subarray(0, stop.bytes - written));
      rest = piece.subarray(stop.bytes - written);
      if (await applyStop(stop, request, link)) return false;
      stop = undefined;
    }
    written += piece.length;
    if (rest.length > 0) await write(socket, rest);
    if (response.wire?.sliced) await setImmediate();
    if (socket.destroyed) return false;
  }
  return true;
}

async function applyStop(stop: Stop, request: IncomingMessage, link: SlowLink | undefined): Promise<boolean> {
  if (typeof stop.manner === "object") {
    await stop.manner.delay();
    return request.socket.destroyed;
  }
  // A reset discards bytes that the kernel has not sent yet, so give it time to send them.
  await setTimeout(1);
  hangUp(request, stop.manner, link);
  return true;
}

function write(socket: Socket, bytes: Uint8Array): Promise<void> | void {
  if (socket.destroyed || bytes.length === 0) return;
  if (!socket.write(bytes)) return drained(socket, socket);
}
