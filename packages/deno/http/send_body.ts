import type { ClientRequest } from "node:http";

/** The most bytes that one write hands to Deno: the default memory budget, so that only a part above it is cut. */
const LARGEST_WRITE = 64 * 1024 ** 2;

/** Sends a body and ends the request: in one write, or a very large one piece by piece. */
export function sendBody(outgoing: ClientRequest, body: Uint8Array, largest: number = LARGEST_WRITE): void {
  const sendFrom = (start: number): void => {
    if (outgoing.destroyed) return;
    const end = start + largest;
    if (end >= body.byteLength) outgoing.end(start === 0 ? body : body.subarray(start));
    // A write that fails is reported by the request itself.
    else outgoing.write(body.subarray(start, end), (error) => error ?? sendFrom(end));
  };
  sendFrom(0);
}
