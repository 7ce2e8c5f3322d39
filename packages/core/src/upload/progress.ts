import type { ProgressCallback } from "./options.ts";

/** Counts acknowledged bytes once each, so that it never goes backwards and ends exactly at the total. */
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

  /** Bytes that COS has acknowledged. The last of them are told by {@link finish}, once the object is proven. */
  add(bytes: number): void {
    this.#consumed += bytes;
    if (bytes > 0 && this.#consumed !== this.#total) this.#callback?.(this.#consumed, this.#total);
  }

  /** The object is stored and proven: only now is the total reached. */
  finish(): void {
    this.#total = this.#consumed;
    this.#callback?.(this.#consumed, this.#total);
  }
}
