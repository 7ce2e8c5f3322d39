/** Reads a body by lines and by counts, whatever the boundaries of its chunks. */
export class ByteQueue {
  readonly #source: AsyncIterator<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Text up to CRLF, without it. Undefined: there is no such line within `limit` bytes. */
  async line(limit: number): Promise<string | undefined> {
    let text = "";
    while (text.length <= limit + 2) {
      if (!(await this.#fill())) return undefined;
      // Two bytes of what was read may be the halves of a line end.
      const taken = this.#bytes.subarray(0, limit + 2);
      const seen = Buffer.from(taken.buffer, taken.byteOffset, taken.length).toString("latin1");
      const end = (text + seen).indexOf("\r\n");
      if (end >= 0) {
        const line = (text + seen).slice(0, end);
        this.#bytes = this.#bytes.subarray(end + 2 - text.length);
        return line.length > limit ? undefined : line;
      }
      text += seen;
      this.#bytes = this.#bytes.subarray(taken.length);
    }
    return undefined;
  }

  /** At least one byte and at most `limit` of them. Undefined: the body has ended. */
  async take(limit: number): Promise<Uint8Array | undefined> {
    if (!(await this.#fill())) return undefined;
    const taken = this.#bytes.subarray(0, limit);
    this.#bytes = this.#bytes.subarray(taken.length);
    return taken;
  }

  /** Whether all bytes were read. */
  async isEmpty(): Promise<boolean> {
    return !(await this.#fill());
  }

  /** Leaves the rest of the body unread. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#source.return?.();
  }

  async #fill(): Promise<boolean> {
    while (this.#bytes.length === 0 && !this.#ended) {
      const next = await this.#source.next();
      if (next.done) this.#ended = true;
      else this.#bytes = next.value;
    }
    return this.#bytes.length > 0;
  }
}
