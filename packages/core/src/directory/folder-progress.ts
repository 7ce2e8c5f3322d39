import type { ProgressCallback } from "../upload/options.ts";

/**
 * Adds up the progress of all files. The total is undefined until the walk has ended, because files are uploaded while
 * the rest of the tree is still being read.
 */
export class FolderProgress {
  readonly #callback: ProgressCallback | undefined;
  #consumed = 0;
  #total = 0;
  #walked = false;
  #finished = false;

  constructor(callback: ProgressCallback | undefined) {
    this.#callback = callback;
  }

  /** A file of `size` bytes joins. */
  file(size: number): { consumed(bytes: number): void } {
    this.#total += size;
    let known = 0;
    return {
      consumed: (bytes) => {
        // A file that has grown since the walk counts with its present size.
        this.#total += Math.max(0, bytes - Math.max(size, known));
        this.#consumed += bytes - known;
        known = bytes;
        this.#report();
      },
    };
  }

  /** No more files will join. */
  walked(): void {
    this.#walked = true;
  }

  /** Every file is stored. */
  finish(): void {
    this.#finished = true;
    this.#total = this.#consumed;
    this.#callback?.(this.#consumed, this.#total);
  }

  #report(): void {
    const complete = this.#consumed >= this.#total;
    if (!complete || this.#finished) this.#callback?.(this.#consumed, this.#walked ? this.#total : undefined);
  }
}
