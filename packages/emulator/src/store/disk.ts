import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataDamagedError, isAbsent } from "./data-errors.ts";
import { writeJson } from "./json-file.ts";
import type { ByteStore, ByteWriter, Medium, RecordStore } from "./medium.ts";
import { removeBucketFolder } from "./remains.ts";

const READ_BYTES = 256 * 1024;

/**
 * Keeps bytes in `data/` of a directory, one file per body or part, and records as JSON files.
 * @param fsync flush to the device before a write is acknowledged
 */
export function diskMedium(directory: string, fsync: boolean): Medium {
  return { bytes: new DiskBytes(join(directory, "data"), fsync), records: diskRecords(fsync) };
}

function diskRecords(fsync: boolean): RecordStore {
  return {
    write: (path, record) => writeJson(path, record, fsync),
    remove: (path) => rm(path, { force: true }),
    createFolder: async (path) => {
      await mkdir(path, { recursive: true });
    },
    removeUpload: (path) => rm(path, { recursive: true, force: true }),
    removeBucket: removeBucketFolder,
  };
}

class DiskBytes implements ByteStore {
  readonly #directory: string;
  readonly #fsync: boolean;

  constructor(directory: string, fsync: boolean) {
    this.#directory = directory;
    this.#fsync = fsync;
  }

  async create(file: string): Promise<ByteWriter> {
    const handle = await open(this.#path(file), "wx");
    return {
      write: (chunks) => writeAll(handle, chunks),
      finish: async () => {
        if (this.#fsync) await handle.sync();
        await handle.close();
      },
      abandon: () => handle.close().catch(() => {}),
    };
  }

  read(file: string, start: number, end: number): AsyncIterable<Uint8Array> {
    return createReadStream(this.#path(file), { start, end: end - 1, highWaterMark: READ_BYTES });
  }

  async sizeOf(file: string): Promise<number | undefined> {
    const path = this.#path(file);
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (!isAbsent(error)) {
        throw new DataDamagedError(path, `cannot be read: ${(error as Error).message}`, { cause: error });
      }
      await this.#checkDirectory();
      return undefined;
    }
  }

  /** No crash takes the directory away, so it is rather on another disk than empty. */
  async #checkDirectory(): Promise<void> {
    const found = await stat(this.#directory).catch(() => undefined);
    if (found?.isDirectory() !== true) {
      throw new DataDamagedError(this.#directory, "is missing, and with it the bytes of all objects");
    }
  }

  async remove(file: string): Promise<void> {
    await rm(this.#path(file), { force: true });
  }

  async names(): Promise<readonly string[]> {
    await mkdir(this.#directory, { recursive: true });
    return readdir(this.#directory);
  }

  #path(file: string): string {
    return join(this.#directory, file);
  }
}

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  const expected = chunks.reduce((total, chunk) => total + chunk.length, 0);
  const { bytesWritten } = await handle.writev(chunks);
  if (bytesWritten === expected) return;
  // The disk is probably full; the next write reports the error.
  const rest = Buffer.concat(chunks).subarray(bytesWritten);
  await handle.writeFile(rest);
}
