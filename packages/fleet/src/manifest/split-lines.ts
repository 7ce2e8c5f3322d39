/** Bytes of a line, without its line break. */
export const MAX_LINE_BYTES = 65_536;

const NEWLINE = 0x0a;

/** A line of a manifest; undefined: it is longer than {@link MAX_LINE_BYTES}, and its bytes were dropped. */
export type Line = Uint8Array | undefined;

/** Cuts bytes that come in chunks into lines. At most one line is held. */
export class LineSplitter {
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Whether the line under way is too long: its rest is dropped as well. */
  #dropping = false;

  /** Adds a chunk. @returns the lines that end in it */
  *add(chunk: Uint8Array): Generator<Line, void, undefined> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      yield this.#endWith(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  /** The last line, which has no line break; nothing when the text ended with one. */
  *end(): Generator<Line, void, undefined> {
    if (this.#heldBytes > 0 || this.#dropping) yield this.#endWith(new Uint8Array(0));
  }

  #hold(bytes: Uint8Array): void {
    if (this.#dropping) return;
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > MAX_LINE_BYTES) {
      this.#dropping = true;
      this.#held = [];
      return;
    }
    // A copy: a stream may fill the memory of its chunk again.
    this.#held.push(bytes.slice());
  }

  #endWith(rest: Uint8Array): Line {
    const bytes = this.#heldBytes + rest.length;
    const line = this.#dropping || bytes > MAX_LINE_BYTES ? undefined : this.#joined(rest, bytes);
    this.#held = [];
    this.#heldBytes = 0;
    this.#dropping = false;
    return line;
  }

  #joined(rest: Uint8Array, bytes: number): Uint8Array {
    if (this.#held.length === 0) return rest;
    const joined = new Uint8Array(bytes);
    let at = 0;
    for (const part of [...this.#held, rest]) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }
}
