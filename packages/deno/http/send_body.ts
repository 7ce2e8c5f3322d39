import type { ClientRequest } from "node:http";
import type { WireRequest } from "@cosup/core/runtime";

/** The most bytes that one write hands to Deno: the default memory budget, so that only a part above it is cut. */
const LARGEST_WRITE = 64 * 1024 ** 2;

/**
 * Bytes of each write of an encrypted body. Deno encrypts a whole write before any of it is sent, into memory of the same
 * size: with parts of 8 MiB, an upload took 72 MiB over idle instead of 39, and no less CPU.
 */
const ENCRYPTED_WRITE = 128 * 1024;

/** The most bytes that one write of a body to this URL hands to Deno. */
export function writeBytes(url: string): number {
  return url.startsWith("https:") ? ENCRYPTED_WRITE : LARGEST_WRITE;
}

/** Sends a body and ends the request: in one write, or a very large one piece by piece. */
export function sendBody(outgoing: ClientRequest, body: Uint8Array, largest: number): void {
  const sendFrom = (start: number): void => {
    if (outgoing.destroyed) return;
    const end = start + largest;
    if (end >= body.byteLength) outgoing.end(start === 0 ? body : body.subarray(start));
    // A write that fails is reported by the request itself.
    else outgoing.write(body.subarray(start, end), (error) => error ?? sendFrom(end));
  };
  sendFrom(0);
}

/** At half a KB per second, one goes every half minute. */
const PIECE = 16 * 1024;

/** Whether the body is written piece by piece: on a slow line, or at a limited rate. */
export function inPieces({ slow, paceBlock }: WireRequest): boolean {
  return slow === true || paceBlock !== undefined;
}

/**
 * Sends a body piece by piece: Deno reports a write only when all of it is sent. That costs twice the CPU, so only slow
 * lines need it.
 * @param onSent called with the bytes that are not sent yet, before each piece and at the end; false: send no more
 */
export function sendPieces(
  outgoing: ClientRequest,
  request: WireRequest,
  body: Uint8Array,
  onSent: (unsent: number) => boolean,
): void {
  const { paceBlock } = request;
  const size = paceBlock ?? PIECE;
  const next = (start: number): void => {
    if (!onSent(body.length - start) || start === body.length) return;
    if (paceBlock === undefined) write(start);
    else void request.pace?.(Math.min(size, body.length - start)).then((goOn) => goOn && write(start));
  };
  const write = (start: number): void => {
    if (!onSent(body.length - start)) return;
    const piece = body.subarray(start, start + size);
    const end = start + piece.length;
    if (end === body.length) outgoing.end(piece, () => next(end));
    else outgoing.write(piece, () => next(end));
  };
  next(0);
}
