/**
 * Memory for bytes that another consumer reads from a stream before the upload asks for them. All streams of a client
 * share it.
 */
export class ReadAhead {
  readonly limit: number;
  #held = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** False when there is no room for so many bytes. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.limit) return false;
    this.#held += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
  }
}
