import { randomBytes } from "node:crypto";
import { CosErrorResponse } from "../errors.ts";
import type { ByteStore, ByteWriter, RecordStore, RecordWrites } from "./medium.ts";
import { DATA_FILE } from "./record-forms.ts";
import type { Extent } from "./records.ts";

/**
 * The files with the bytes of objects and parts. A key never becomes a path: they have names of their own. A file is deleted
 * when no record refers to it, and nobody holds it: who writes or reads it, or a snapshot. No bytes have no file.
 */
export class DataFiles {
  readonly #bytes: ByteStore;
  readonly #records: RecordStore;
  readonly #holds = new Map<string, number>();

  constructor(bytes: ByteStore, records: RecordStore) {
    this.#bytes = bytes;
    this.#records = records;
  }

  /** Begins a new file, which the caller holds. */
  async create(): Promise<{ readonly file: string; readonly writer: ByteWriter }> {
    const file = newName();
    this.#holds.set(file, 1);
    try {
      return { file, writer: await this.#bytes.create(file) };
    } catch (error) {
      this.#holds.delete(file);
      throw error;
    }
  }

  /** Whether nobody writes or reads a file, or has a snapshot of some. */
  get isIdle(): boolean {
    return this.#holds.size === 0;
  }

  retain(extents: readonly Extent[]): void {
    for (const { file, size } of extents) {
      if (size > 0) this.#holds.set(file, (this.#holds.get(file) ?? 0) + 1);
    }
  }

  /** Ends the hold of each file, and deletes those that nothing needs. */
  async release(extents: readonly Extent[]): Promise<void> {
    for (const { file, size } of extents) {
      if (size > 0 && this.#letGo(file)) await this.#removeUnneeded(file);
    }
  }

  /**
   * Commits changes of records that refer to files, and deletes those that nothing needs afterwards.
   * @param came what the new records refer to, whose files must be complete
   * @param went what the records referred to that they replace
   */
  async commit(
    came: readonly Extent[],
    went: readonly Extent[],
    changes: (writes: RecordWrites) => void,
  ): Promise<void> {
    const references = balance(came, went);
    // A file that another record gives up meanwhile stays.
    this.retain(came);
    try {
      await this.#records.commit((writes) => {
        changes(writes);
        for (const [file, change] of references) if (change !== 0) writes.references(file, change);
      });
    } catch (error) {
      await this.release(came);
      throw error;
    }
    for (const { file, size } of came) if (size > 0) this.#letGo(file);
    for (const [file, change] of references) if (change < 0) await this.#removeUnneeded(file);
  }

  /** Returns whether nobody holds the file now. */
  #letGo(file: string): boolean {
    const left = (this.#holds.get(file) ?? 1) - 1;
    if (left > 0) this.#holds.set(file, left);
    else this.#holds.delete(file);
    return left <= 0;
  }

  async #removeUnneeded(file: string): Promise<void> {
    if (!this.#holds.has(file) && !this.#records.refersTo(file)) await this.#bytes.remove(file);
  }

  /**
   * Reads the bytes from `start` to `end` (exclusive) of a list of extents. The files are held at once, not at the first
   * chunk, so that they survive an overwrite in between. Throws InternalError if a file is missing, which must not become
   * a 200 with a body that breaks off.
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
      if (size > 0 && (await this.#bytes.sizeOf(file)) !== size) return false;
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

  /** Deletes files that no record refers to: bodies that a crash cut off. */
  async sweep(): Promise<void> {
    for await (const file of this.#bytes.names()) if (DATA_FILE.test(file)) await this.#removeUnneeded(file);
  }
}

/** What an extent without bytes names, which no file is for. */
export const NO_FILE = "0".repeat(32);

/** How many more records refer to each file, or fewer. */
function balance(came: readonly Extent[], went: readonly Extent[]): ReadonlyMap<string, number> {
  const changes = new Map<string, number>();
  const add = (extents: readonly Extent[], change: number): void => {
    for (const { file, size } of extents) if (size > 0) changes.set(file, (changes.get(file) ?? 0) + change);
  };
  add(came, 1);
  add(went, -1);
  return changes;
}

/** Begins with the time, so that new names are neighbours in an index; the rest is random. */
function newName(): string {
  return Date.now().toString(16).padStart(12, "0") + randomBytes(10).toString("hex");
}
