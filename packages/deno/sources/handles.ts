import { SourceError } from "@cosup/core";
import { openFiles, type Suspendable } from "@cosup/core/files";
import { onAbort } from "@cosup/core/runtime";

/** Lends a handle to one reader at a time: Deno reads at a handle's own position, never at a given one. */
export interface Handles {
  use<T>(read: (file: Deno.FsFile) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Looks at the file through a handle that is open; undefined when none is. */
  stat(): Promise<Deno.FileInfo> | undefined;
  close(): void;
}

type Open = (signal?: AbortSignal) => Promise<Deno.FsFile>;

/**
 * A free handle, or one more: as many as there ever were readers at once, until others need the descriptors. A reader
 * for whom one is still being opened takes one that becomes free before; and when no more can be opened (the file was
 * renamed meanwhile), those that there are go round.
 */
export class HandlePool implements Handles, Suspendable {
  readonly #open: Open;
  readonly #free: Deno.FsFile[];
  readonly #waiting = new Set<(file: Deno.FsFile) => void>();
  #count: number;
  #readers = 0;
  #closed = false;

  /** @param first one that is open already */
  constructor(open: Open, first?: Deno.FsFile) {
    this.#open = open;
    this.#free = first === undefined ? [] : [first];
    this.#count = this.#free.length;
    if (first !== undefined) openFiles.idle(this);
  }

  async use<T>(read: (file: Deno.FsFile) => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#readers += 1;
    openFiles.busy(this);
    try {
      const file = this.#free.pop() ?? (await this.#obtain(signal));
      try {
        return await read(file);
      } finally {
        this.#giveBack(file);
      }
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0 && this.#free.length > 0) openFiles.idle(this);
    }
  }

  stat(): Promise<Deno.FileInfo> | undefined {
    return this.#free[0]?.stat();
  }

  suspend(): void {
    for (const file of this.#free.splice(0)) this.#close(file);
  }

  close(): void {
    this.#closed = true;
    openFiles.busy(this);
    this.suspend();
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

/** The caller's own handle, lent to one reader after the other; it remains the caller's to close. */
export function singleHandle(file: Deno.FsFile): Handles {
  let turn: Promise<unknown> = Promise.resolve();
  return {
    use: (read) => {
      const mine = turn.then(() => read(file));
      turn = mine.catch(() => {});
      return mine;
    },
    stat: () => file.stat(),
    close: () => {},
  };
}
