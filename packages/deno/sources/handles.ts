import { SourceError } from "@cosup/core";
import { type FileHandles, type FileState, openFiles, type Suspendable } from "@cosup/core/files";
import { onAbort } from "@cosup/core/runtime";
import { fileState } from "./file_state.ts";

type Open = (signal?: AbortSignal) => Promise<Deno.FsFile>;

/**
 * The handles of one file. A handle has one reader at a time, because Deno reads at the handle's own position. A reader
 * gets a free handle, or a new one: as many are open as there ever were readers at once, until others need the
 * descriptors. A reader whose handle is still being opened takes one that becomes free before. When no more can be opened
 * (the file was renamed meanwhile), the readers share those that are open.
 */
export class HandlePool implements FileHandles<Deno.FsFile>, Suspendable {
  readonly #path: string;
  readonly #open: Open;
  readonly #free: Deno.FsFile[];
  readonly #waiting = new Set<(file: Deno.FsFile) => void>();
  #count: number;
  #readers = 0;
  #closed = false;

  /** @param first one that is open already */
  constructor(path: string, open: Open, first?: Deno.FsFile) {
    this.#path = path;
    this.#open = open;
    this.#free = first === undefined ? [] : [first];
    this.#count = this.#free.length;
    if (first !== undefined) openFiles.idle(this);
  }

  async acquire(signal?: AbortSignal): Promise<Deno.FsFile> {
    this.#readers += 1;
    openFiles.busy(this);
    try {
      return this.#free.pop() ?? (await this.#obtain(signal));
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  release(file: Deno.FsFile): void {
    this.#giveBack(file);
    this.#leave();
  }

  read(file: Deno.FsFile, into: Uint8Array, position: number): Promise<number> {
    return readAt(file, into, position);
  }

  async state(): Promise<FileState> {
    return fileState(await (this.#free[0]?.stat() ?? Deno.stat(this.#path)));
  }

  suspend(): void {
    for (const file of this.#free.splice(0)) this.#close(file);
  }

  close(): void {
    this.#closed = true;
    openFiles.busy(this);
    this.suspend();
  }

  #leave(): void {
    this.#readers -= 1;
    if (this.#readers === 0 && this.#free.length > 0) openFiles.idle(this);
  }

  #obtain(signal: AbortSignal | undefined): Promise<Deno.FsFile> {
    return new Promise((resolve, reject) => {
      const stop = new AbortController();
      const release = onAbort(signal, () => stop.abort(signal?.reason));
      const take = (file: Deno.FsFile): void => {
        resolve(file);
        stop.abort();
      };
      this.#waiting.add(take);
      const opening = this.#open(stop.signal).finally(release);
      opening.then(
        (file) => {
          this.#count += 1;
          if (this.#waiting.delete(take)) resolve(file);
          else this.#giveBack(file);
        },
        (error: unknown) => {
          const canShare = this.#count > 0 && !signal?.aborted && !(error instanceof SourceError);
          if (!canShare && this.#waiting.delete(take)) reject(error);
        },
      );
    });
  }

  #giveBack(file: Deno.FsFile): void {
    const [take] = this.#waiting;
    if (take !== undefined) {
      this.#waiting.delete(take);
      take(file);
    } else if (this.#closed) this.#close(file);
    else this.#free.push(file);
  }

  #close(file: Deno.FsFile): void {
    this.#count -= 1;
    file.close();
    openFiles.closed();
  }
}

/** Reads at an offset, by the handle's own position. */
export async function readAt(file: Deno.FsFile, into: Uint8Array, position: number): Promise<number> {
  await file.seek(position, Deno.SeekMode.Start);
  return (await file.read(into)) ?? 0;
}
