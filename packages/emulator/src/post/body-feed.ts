import type { Writable } from "node:stream";

/** Passes the body of a request to a parser, as fast as the parser takes it. */
export class BodyFeed {
  readonly #parser: Writable;
  readonly #stopped: Promise<void>;
  #stop: () => void = () => {};
  #dropping = false;
  /** Settles when the body has ended or broken off. */
  done: Promise<void> = Promise.resolve();

  constructor(parser: Writable) {
    this.#parser = parser;
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  run(body: AsyncIterable<Uint8Array> | undefined): Promise<void> {
    this.done = this.#pass(body);
    return this.done;
  }

  /** Calls back when the body breaks off. */
  onBreak(react: () => void): void {
    this.done.catch(react);
  }

  /** Reads the rest of the body without the parser. Rejects if the body breaks off. */
  drain(): Promise<void> {
    this.#dropping = true;
    this.#stop();
    return this.done;
  }

  async #pass(body: AsyncIterable<Uint8Array> | undefined): Promise<void> {
    for await (const chunk of body ?? []) {
      if (this.#dropping) continue;
      const taken = new Promise<void>((resolve) => this.#parser.write(chunk, () => resolve()));
      await Promise.race([taken, this.#stopped]);
    }
    if (!this.#dropping) this.#parser.end();
  }
}
