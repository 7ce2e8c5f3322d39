import type { ProgressCallback } from "./options.ts";

/** Counts each acknowledged byte once, so that progress never decreases and ends exactly at the total. */
export class Progress {
  readonly #callback: ProgressCallback | undefined;
  #total: number | undefined;
  #consumed = 0;

  constructor(callback: ProgressCallback | undefined, total: number | undefined) {
    this.#callback = callback;
    this.#total = total;
  }

  get consumed(): number {
    return this.#consumed;
  }

  /** Adds bytes that COS has acknowledged. The last ones are reported by {@link finish}, when the object is verified. */
  add(bytes: number): void {
    this.#consumed += bytes;
    if (bytes > 0 && this.#consumed !== this.#total) this.#callback?.(this.#consumed, this.#total);
  }

  /** The object is stored and verified: now the total is reported. */
  finish(): void {
    this.#total = this.#consumed;
    this.#callback?.(this.#consumed, this.#total);
  }
}
