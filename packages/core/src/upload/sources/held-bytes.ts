import type { ReadAhead } from "../../runtime/read-ahead.ts";

/** Rests up to this size are copied out of their chunk: a chunk is often a small view of a pooled slab. */
const LARGEST_COPIED_REST = 64 * 1024;

/** Bytes of memory that the object of a chunk takes: many tiny chunks must not exceed the read-ahead unnoticed. */
const CHUNK_OVERHEAD = 128;

interface Held {
  bytes: Uint8Array;
  /** Bytes of the read-ahead: 0 for the rest of a chunk that the upload itself has read. */
  readonly cost: number;
}

/** Bytes of a stream that came before the upload read them, in their order. */
export class HeldBytes {
  readonly #readAhead: ReadAhead;
  readonly #held: Held[] = [];

  constructor(readAhead: ReadAhead) {
    this.#readAhead = readAhead;
  }

  /**
   * Keeps bytes for the next read; false when the read-ahead has no room for them.
   * @param unread whether the upload did not ask for them: they count against the read-ahead
   * @param shared whether another consumer has the same memory, and may change it
   */
  add(bytes: Uint8Array, unread: boolean, shared: boolean): boolean {
    const cost = unread ? bytes.length + CHUNK_OVERHEAD : 0;
    if (!this.#readAhead.take(cost)) return false;
    this.#held.push({ bytes: shared ? copyOf(bytes) : withoutSlab(bytes), cost });
    return true;
  }

  /** The bytes that came first; undefined: there are none. */
  get first(): Uint8Array | undefined {
    return this.#held[0]?.bytes;
  }

  /** Replaces {@link first} by the rest of it that the upload has not taken yet. */
  replaceFirst(rest: Uint8Array): void {
    const [held] = this.#held;
    if (held === undefined) return;
    if (rest.length > 0) {
      held.bytes = withoutSlab(rest);
      return;
    }
    this.#held.shift();
    this.#readAhead.giveBack(held.cost);
  }

  clear(): void {
    for (const { cost } of this.#held.splice(0)) this.#readAhead.giveBack(cost);
  }
}

function withoutSlab(rest: Uint8Array): Uint8Array {
  return rest.length <= LARGEST_COPIED_REST ? copyOf(rest) : rest;
}

/** Uint8Array's slice, as that of a Buffer is another view. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes);
}
