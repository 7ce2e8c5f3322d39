import { SourceError } from "@cosup/core";
import type { ByteSource } from "@cosup/core/runtime";
import type { Random } from "../../../packages/core/test/support/random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** A simulated file. It can be changed while it is read. */
export class SimulatedFile {
  #bytes: Uint8Array;
  #version = 1;
  /** Sources that are open on it. */
  opened = 0;
  /** Every content that the file has had. */
  readonly contents: Uint8Array[];

  constructor(
    bytes: Uint8Array,
    readonly clock: VirtualClock,
    readonly random: Random,
    /** Whether its sources say that they cannot change. */
    readonly immutable = false,
  ) {
    this.#bytes = bytes;
    this.contents = [bytes];
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get version(): number {
    return this.#version;
  }

  /** Other content, and another modification time. */
  replace(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#version += 1;
    this.contents.push(bytes);
  }

  open(): ByteSource {
    this.opened += 1;
    const { size, version } = { size: this.#bytes.length, version: this.#version };
    let closed = false;
    return {
      size,
      fingerprint: `${size}:${version}`,
      immutable: this.immutable,
      access: "random",
      inMemory: false,
      read: (start, end, into, signal) => this.#read(start, end, into, signal),
      changed: async () => {
        await this.clock.sleep(1);
        return this.#version !== version;
      },
      close: async () => {
        if (!closed) this.opened -= 1;
        closed = true;
      },
    };
  }

  /** Two halves at two moments, so that a change in between gives a mixed read, as on a disk. */
  async #read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    const half = start + ((end - start) >>> 1);
    let filled = 0;
    for (const [from, to] of [
      [start, half],
      [half, end],
    ] as const) {
      await this.clock.sleep(this.random.between(0, 3));
      // Never writes to memory that core has reused for another part.
      signal?.throwIfAborted();
      const piece = this.#bytes.subarray(from, to);
      into.set(piece, filled);
      filled += piece.length;
      if (piece.length < to - from) break;
    }
    return into.subarray(0, filled);
  }
}

/** A source that fails at its n-th read. */
export function unreadable(source: ByteSource, failing: number): ByteSource {
  let reads = 0;
  return {
    ...source,
    read: async (...given) => {
      reads += 1;
      if (reads === failing) throw new SourceError("simulated: the disk is broken", "source-unreadable");
      return source.read(...given);
    },
  };
}
