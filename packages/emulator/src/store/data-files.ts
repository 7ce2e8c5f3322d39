import { randomBytes } from "node:crypto";
import { CosErrorResponse } from "../errors.ts";
import type { ByteStore, ByteWriter } from "./medium.ts";
import { DATA_FILE } from "./record-forms.ts";
import type { Extent } from "./records.ts";

/**
 * The files with the bytes of objects and parts. Their names are random, so a key never becomes a path. Each record and
 * each running read owns one reference to its files; a file without references is deleted.
 */
export class DataFiles {
  readonly #bytes: ByteStore;
  readonly #references = new Map<string, number>();

  constructor(bytes: ByteStore) {
    this.#bytes = bytes;
  }

  async create(): Promise<{ file: string; writer: ByteWriter }> {
    const file = randomBytes(16).toString("hex");
    this.#references.set(file, 1);
    return { file, writer: await this.#bytes.create(file) };
  }

  retain(extents: readonly Extent[]): void {
    for (const { file } of extents) this.#references.set(file, (this.#references.get(file) ?? 0) + 1);
  }

  async release(extents: readonly Pick<Extent, "file">[]): Promise<void> {
    for (const { file } of extents) {
      const left = (this.#references.get(file) ?? 1) - 1;
      if (left > 0) this.#references.set(file, left);
      else {
        this.#references.delete(file);
        await this.#bytes.remove(file);
      }
    }
  }

  /**
   * Reads the bytes from `start` to `end` (exclusive) of a list of extents. The references are taken at once, not at
   * the first chunk, so that the files survive an overwrite in between. Throws InternalError if a file is missing,
   * which must not become a 200 with a body that breaks off.
   */
  async read(extents: readonly Extent[], start: number, end: number): Promise<AsyncGenerator<Uint8Array>> {
    this.retain(extents);
    try {
      if (await this.allComplete(extents)) return this.#chunks(extents, start, end);
      throw new CosErrorResponse("InternalError", "The stored data of this object is missing or incomplete.");
    } catch (error) {
      await this.release(extents);
      throw error;
    }
  }

  /**
   * Whether every file is there and has its size.
   *
   * @throws {DataDamagedError} if that cannot be found out, also if the whole directory is gone
   */
  async allComplete(extents: readonly Extent[]): Promise<boolean> {
    for (const { file, size } of extents) {
      if ((await this.#bytes.sizeOf(file)) !== size) return false;
    }
    return true;
  }

  async *#chunks(extents: readonly Extent[], start: number, end: number): AsyncGenerator<Uint8Array> {
    try {
      let offset = 0;
      for (const { file, size } of extents) {
        const from = Math.max(start - offset, 0);
        const to = Math.min(end - offset, size);
        offset += size;
        if (from >= to) continue;
        yield* this.#bytes.read(file, from, to);
      }
    } finally {
      await this.release(extents);
    }
  }

  /** Deletes files without references: bodies that a crash cut off. */
  async sweep(): Promise<void> {
    for (const file of await this.#bytes.names()) {
      if (DATA_FILE.test(file) && !this.#references.has(file)) await this.#bytes.remove(file);
    }
  }
}
