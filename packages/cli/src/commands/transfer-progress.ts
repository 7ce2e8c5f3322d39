/** Progress of a command in bytes: acknowledged by COS, and in total once that is known. */
export class TransferProgress {
  consumed: number | undefined;
  total: number | undefined;
  #measured: number | undefined;

  /** Sets the size of the directory; undefined if it could not be measured. */
  setMeasured(bytes: number | undefined): void {
    this.#measured = bytes;
  }

  /** @param total as reported by the client; for a directory, undefined until the walk has ended */
  update(consumed: number, total: number | undefined): void {
    this.consumed = consumed;
    const estimate = this.#measured === undefined ? undefined : Math.max(this.#measured, consumed);
    this.total = total ?? estimate;
  }
}
