/** Where a copy stands: bytes that COS holds, of bytes in all when that is known. */
export class TransferProgress {
  consumed: number | undefined;
  total: number | undefined;
  #measured: number | undefined;

  /** The folder has been measured meanwhile. */
  measured(bytes: number | undefined): void {
    this.#measured = bytes;
  }

  /** @param total as the client knows it; of a folder, only once it has been walked to its end */
  update(consumed: number, total: number | undefined): void {
    this.consumed = consumed;
    const least = this.#measured === undefined ? undefined : Math.max(this.#measured, consumed);
    this.total = total ?? least;
  }
}
