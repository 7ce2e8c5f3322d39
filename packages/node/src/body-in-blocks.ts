import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { BodyInBlocks, WireRequest } from "@cosup/core/runtime";
import type { RequestBody } from "./request-body.ts";

/**
 * Bytes of each write of an encrypted body that is in memory. OpenSSL encrypts a whole write before any of it is sent, into
 * memory of the same size.
 */
export const WRITE_BYTES = 256 * 1024;
/** Bytes after which other work gets its turn: a fast connection accepts one block after another at once. */
const TURN_BYTES = 1024 * 1024;
/**
 * The end of a body, which is a write of its own. A socket queues it, so undici knows at once that the body is complete. With
 * a larger last write, it would learn that after the write, and closes a connection whose response comes before.
 */
const TAIL_BYTES = 1024;

/**
 * A body that is read while it is sent: each block when the socket has passed the one before it to the kernel.
 * @param socketOf the connection's socket, once there is one; undefined for connections that are not ours
 */
export function bodyInBlocks(
  { headers }: WireRequest,
  blocks: BodyInBlocks,
  socketOf: () => Socket | null | undefined,
): RequestBody {
  // undici takes any async iterable; a Readable would cost 20 µs for each block.
  const body = blocksOf(blocks, socketOf) as unknown as Readable;
  return { body, headers: { ...headers, "content-length": String(blocks.length) } };
}

/** A body in memory as blocks. */
export function slicesOf(body: Uint8Array): BodyInBlocks {
  return { length: body.length, block: (at) => body.subarray(at, at + WRITE_BYTES) };
}

/** The blocks of {@link bodyInBlocks}. */
export async function* blocksOf(
  blocks: BodyInBlocks,
  socketOf: () => Socket | null | undefined,
): AsyncGenerator<Buffer> {
  for (let at = 0; at < blocks.length; ) {
    const socket = socketOf();
    if (at > 0 && at % TURN_BYTES === 0) await nextTurn();
    // Nearly always it is written by now: a block is larger than what a socket queues without a pause.
    while (socket && socket.writableLength > 0 && !socket.destroyed) await nextTurn();
    const given = blocks.block(at);
    const block = given instanceof Promise ? await given : given;
    // A resizable buffer that its owner has made smaller gives no more bytes: the loop would never end, nor pause.
    if (block.length === 0) throw new Error("the body has become shorter while it was sent");
    const view = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    at += block.length;
    // When others write it, nobody tells when the memory may be used again.
    const safe = socket ? view : Buffer.from(view);
    if (at < blocks.length) yield safe;
    else yield* withTail(safe);
  }
}

function* withTail(last: Buffer): Generator<Buffer> {
  if (last.length > TAIL_BYTES) yield last.subarray(0, -TAIL_BYTES);
  yield last.subarray(-TAIL_BYTES);
}

function nextTurn(): Promise<void> {
  return new Promise(setImmediate);
}
