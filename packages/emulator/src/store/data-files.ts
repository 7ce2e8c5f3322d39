import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { CosErrorResponse } from "../errors.ts";
import { DataDamagedError, isAbsent } from "./data-errors.ts";
import { DATA_FILE } from "./record-forms.ts";
import type { Extent } from "./records.ts";

const READ_BYTES = 256 * 1024;

/**
 * The files with the bytes of objects and parts. Their names are random, so a key never becomes a path. Each record and
 * each running read owns one reference to its files; a file without references is deleted.
 */
export class DataFiles {
  readonly fsync: boolean;
  readonly #directory: string;
  readonly #references = new Map<string, number>();

  constructor(directory: string, fsync: boolean) {
    this.#directory = directory;
    this.fsync = fsync;
  }

  async create(): Promise<{ file: string; handle: FileHandle }> {
    const file = randomBytes(16).toString("hex");
    this.#references.set(file, 1);
    return { file, handle: await open(this.path(file), "wx") };
  }

  path(file: string): string {
    return join(this.#directory, file);
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
        await rm(this.path(file), { force: true });
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
      const found = await sizeOf(this.path(file));
      if (found === undefined) await this.#checkDirectory();
      if (found !== size) return false;
    }
    return true;
  }

  /** No crash takes the directory away, so it is rather on another disk than empty. */
  async #checkDirectory(): Promise<void> {
    const found = await stat(this.#directory).catch(() => undefined);
    if (found?.isDirectory() !== true) {
      throw new DataDamagedError(this.#directory, "is missing, and with it the bytes of all objects");
    }
  }

  async *#chunks(extents: readonly Extent[], start: number, end: number): AsyncGenerator<Uint8Array> {
    try {
      let offset = 0;
      for (const { file, size } of extents) {
        const from = Math.max(start - offset, 0);
        const to = Math.min(end - offset, size);
        offset += size;
        if (from >= to) continue;
        yield* createReadStream(this.path(file), { start: from, end: to - 1, highWaterMark: READ_BYTES });
      }
    } finally {
      await this.release(extents);
    }
  }

  /** Creates the directory, and deletes files without references: bodies that a crash cut off. */
  async sweep(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    for (const file of await readdir(this.#directory)) {
      if (DATA_FILE.test(file) && !this.#references.has(file)) await rm(this.path(file), { force: true });
    }
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw new DataDamagedError(path, `cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
