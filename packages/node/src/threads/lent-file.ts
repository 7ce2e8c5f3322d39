import type { BlockReader, ByteSource } from "@cosup/core/runtime";
import { blockReads } from "../sources/block-reads.ts";
import { Descriptor } from "../sources/open-file.ts";
import { unreadable } from "../sources/unreadable.ts";
import type { LentRange } from "./messages.ts";

/** A file that the main thread has opened, as a thread reads it. Whether it has changed is seen by the main thread. */
export class LentFile implements ByteSource, BlockReader {
  readonly access = "random";
  readonly inMemory = false;
  readonly fingerprint: undefined;
  readonly size: number;
  readonly #name: string;
  readonly #file: Descriptor;
  readonly #readsNow = blockReads.next();

  constructor({ descriptor, name, size }: LentRange) {
    this.size = size;
    this.#name = name;
    this.#file = new Descriptor(descriptor);
  }

  readNow(into: Uint8Array, position: number): number | undefined {
    if (!this.#readsNow || !blockReads.fast) return undefined;
    try {
      return blockReads.run(() => this.#file.readSync(into, position));
    } catch (error) {
      throw unreadable(this.#name, error);
    }
  }

  async read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    let filled = 0;
    try {
      while (start + filled < end) {
        signal?.throwIfAborted();
        const read = await this.#file.read(into.subarray(filled, end - start), start + filled);
        if (read === 0) break;
        filled += read;
      }
    } catch (error) {
      throw signal?.aborted ? signal.reason : unreadable(this.#name, error);
    }
    return into.subarray(0, filled);
  }

  async changed(): Promise<boolean> {
    return false;
  }

  async close(): Promise<void> {}
}
