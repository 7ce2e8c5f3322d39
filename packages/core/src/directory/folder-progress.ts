import type { ProgressCallback } from "../upload/options.ts";

/**
 * Adds the progress of all files up. The total is unknown until the walk has ended: files are uploaded while the
 * rest of the tree is still being read.
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
        // A file that grew since the walk counts as what it turned out to be.
        this.#total += Math.max(0, bytes - Math.max(size, known));
        this.#consumed += bytes - known;
        known = bytes;
        this.#tell();
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

  #tell(): void {
    const whole = this.#consumed >= this.#total;
    if (!whole || this.#finished) this.#callback?.(this.#consumed, this.#walked ? this.#total : undefined);
  }
}
