const NOTHING = new Uint8Array(0);

/** A chunk that was written, and the promise of its write. */
interface Offer {
  readonly chunk: unknown;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Hands chunks from a writer to an upload, one at a time. A write is done when the upload asks for the next chunk: until
 * then, the upload may still read its bytes. So a writer is as fast as the upload, and may use its buffer again.
 */
export class ChunkHandoff implements AsyncIterableIterator<unknown> {
  #offered: Offer | undefined;
  /** What the upload reads now. */
  #read: Offer | undefined;
  #wanted: ((result: IteratorResult<unknown>) => void) | undefined;
  #ended = false;
  /** Whether the upload has had a chunk: one that yields nothing at all is taken for one that was read before. */
  #yielded = false;
  #settled: { readonly failure?: { readonly reason: unknown } } | undefined;

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Writes a chunk. Resolves when its bytes are no longer needed; rejects when the upload fails. */
  write(chunk: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#offered = { chunk, resolve, reject };
      if (this.#settled === undefined) this.#give();
      else this.#settleOffers();
    });
  }

  /** No chunk follows. */
  end(): void {
    this.#ended = true;
    this.#give();
  }

  /** The upload has ended: with a failure, which every write rejects with, or without reading everything. */
  settle(failure?: { readonly reason: unknown }): void {
    this.#settled = failure === undefined ? {} : { failure };
    this.#settleOffers();
  }

  /** Called by the upload. */
  next(): Promise<IteratorResult<unknown>> {
    this.#read?.resolve();
    this.#read = undefined;
    return new Promise((resolve) => {
      this.#wanted = resolve;
      this.#give();
    });
  }

  /** Called by the upload when it stops before the end. It settles soon. */
  async return(): Promise<IteratorResult<unknown>> {
    return { done: true, value: undefined };
  }

  #give(): void {
    if (this.#wanted === undefined) return;
    if (this.#offered !== undefined) {
      this.#read = this.#offered;
      this.#offered = undefined;
      this.#respond({ done: false, value: this.#read.chunk });
    } else if (this.#ended) {
      this.#respond(this.#yielded ? { done: true, value: undefined } : { done: false, value: NOTHING });
    }
  }

  #respond(result: IteratorResult<unknown>): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    this.#yielded = true;
    wanted?.(result);
  }

  #settleOffers(): void {
    const failure = this.#settled?.failure;
    for (const offer of [this.#read, this.#offered]) {
      if (failure === undefined) offer?.resolve();
      else offer?.reject(failure.reason);
    }
    this.#read = undefined;
    this.#offered = undefined;
  }
}
