import { freeChunks } from "./free-chunks.ts";
import type { ByteStore, ByteWriter, Medium } from "./medium.ts";
import { MemoryRecords } from "./memory-records.ts";

/** Keeps everything in the memory of the process. */
export function memoryMedium(): Medium {
  return { bytes: new MemoryBytes(), records: new MemoryRecords() };
}

class MemoryBytes implements ByteStore {
  readonly #files = new Map<string, readonly Uint8Array[]>();

  async create(file: string): Promise<ByteWriter> {
    const blocks: Uint8Array[] = [];
    this.#files.set(file, blocks);
    return {
      // A copy: a chunk may be a small view of a large buffer, which it would keep alive.
      write: async (chunks) => {
        blocks.push(Buffer.concat(chunks));
        freeChunks(chunks);
      },
      finish: async () => {},
      abandon: async () => {},
    };
  }

  *read(file: string, start: number, end: number): Generator<Uint8Array> {
    let offset = 0;
    for (const block of this.#files.get(file) ?? []) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, block.length);
      offset += block.length;
      if (from < to) yield block.subarray(from, to);
    }
  }

  async sizeOf(file: string): Promise<number | undefined> {
    return this.#files.get(file)?.reduce((size, block) => size + block.length, 0);
  }

  async remove(file: string): Promise<void> {
    this.#files.delete(file);
  }

  async *names(): AsyncGenerator<string> {
    yield* this.#files.keys();
  }
}
