import { createReadStream } from "node:fs";
import { type FileHandle, open, opendir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataDamagedError, isAbsent } from "./data-errors.ts";
import { freeChunks } from "./free-chunks.ts";
import { makeDirectories } from "./make-directories.ts";
import type { ByteStore, ByteWriter } from "./medium.ts";
import { DATA_FILE } from "./record-forms.ts";

const READ_BYTES = 256 * 1024;

/** Keeps bytes in a folder, one file per body or part. */
export class DiskBytes implements ByteStore {
  readonly #directory: string;
  readonly #fsync: boolean;

  /** @param fsync flush each file, and its name in the folder, to the device before it is finished */
  constructor(directory: string, fsync: boolean) {
    this.#directory = directory;
    this.#fsync = fsync;
  }

  /**
   * Creates the folder if it is missing.
   * @param expected records refer to files in it
   * @throws {DataDamagedError} it is missing, and expected
   */
  async prepare(expected: boolean): Promise<void> {
    if (expected) await this.#checkDirectory();
    else await makeDirectories(this.#directory);
  }

  async create(file: string): Promise<ByteWriter> {
    const handle = await open(this.#path(file), "wx");
    return {
      async write(chunks) {
        await writeAll(handle, chunks);
        freeChunks(chunks);
      },
      finish: async () => {
        if (this.#fsync) await handle.sync();
        await handle.close();
        if (this.#fsync) await syncFolder(this.#directory);
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

  async *names(): AsyncGenerator<string> {
    for await (const { name } of await opendir(this.#directory, { bufferSize: 1_000 })) yield name;
  }

  #path(file: string): string {
    const path = join(this.#directory, file);
    // A record must not make the emulator read or delete other files.
    if (!DATA_FILE.test(file)) throw new DataDamagedError(path, "is not the name of a data file");
    return path;
  }
}

/** Flushes the names in a folder. Windows has no such call, and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
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
