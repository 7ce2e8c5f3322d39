/**
 * Bytes of each write of a body over HTTP/2. Node refuses the response of a stream while the connection's streams have more
 * than 10 MB queued (`maxSessionMemory`), and undici puts a body that is one piece of memory into the queue at once. A dispatcher
 * has at most 100 streams under way.
 */
const HTTP2_PIECE = 64 * 1024;

/**
 * A body of which a connection over HTTP/2 queues little: it is asked for the next piece when the one before it has gone.
 *
 * When a stream is closed while it has bytes queued, the HTTP/2 of Node (20 to 26) may write empty frames for ever, until all
 * memory is taken. So an aborted request with a piece under way is ended when that piece has gone.
 */
export class Http2Body implements AsyncIterable<Buffer> {
  readonly #pieces: Iterable<Buffer> | AsyncIterable<Buffer>;
  readonly #speaksHttp1: () => boolean;
  #stopped: { readonly reason: Error } | undefined;
  /** Whether the connection has a piece, and has not asked for the next one. */
  #writing = false;

  /** @param speaksHttp1 whether the connection turned out to be one of HTTP/1.1, which can be ended at any time */
  constructor(pieces: Iterable<Buffer> | AsyncIterable<Buffer>, speaksHttp1: () => boolean) {
    this.#pieces = pieces;
    this.#speaksHttp1 = speaksHttp1;
  }

  /**
   * The request is aborted: no piece follows.
   * @returns whether the request ends by itself, when the piece under way has gone; otherwise it can be ended at once
   */
  stop(reason: Error): boolean {
    this.#stopped = { reason };
    return this.#writing && !this.#speaksHttp1();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for await (const piece of this.#pieces) {
        for (let start = 0; start < piece.length; start += HTTP2_PIECE) {
          this.#throwIfStopped();
          this.#writing = true;
          // A copy, because nobody tells when a stream that was ended has let go of the memory.
          yield Buffer.from(piece.subarray(start, start + HTTP2_PIECE));
          this.#writing = false;
        }
      }
      this.#throwIfStopped();
    } finally {
      this.#writing = false;
    }
  }

  #throwIfStopped(): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason;
  }
}
