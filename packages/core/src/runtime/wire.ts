/**
 * One request as it goes on the wire. The body is bytes, never a stream: Deno and workerd drop Content-Length from
 * streams. Pass it on as it is: a copy by spread has neither `signal` nor the methods.
 */
export interface WireRequest {
  /** The HTTP method. */
  readonly method: string;
  /** Escaped and absolute; it goes out as it is. */
  readonly url: string;
  /** Names are lower-case in requests. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes, or undefined. */
  readonly body?: Uint8Array | undefined;
  /** Ends the exchange, also while its response is being read. */
  readonly signal: AbortSignal;
  /**
   * Calls `listener` when `signal` aborts, at once when it has. For a runtime that needs no AbortSignal: core makes one
   * only when `signal` is read.
   */
  onAbort?(listener: (reason: unknown) => void): void;
  /**
   * The request waits in a queue of the runtime's own; call it from `send`, before `onStart`. Its deadline does not run
   * until then. Without it, a request counts as being sent from the call of `send` on.
   */
  onQueue?(): void;
  /**
   * The request has its connection, and is being sent.
   * @param unsent how many of its bytes the socket has not accepted yet. With it, a body that makes progress never
   *   times out; without it, the deadline allows for the whole body at the measured rate.
   */
  onStart?(unsent?: () => number): void;
  /**
   * The line is slow. A runtime that sees only whole writes go writes the body in pieces of some KiB then, so that it
   * can tell what is unsent.
   */
  readonly slow?: boolean;
  /** Set after a reset: the pooled connections may all be stale, so do not take one of them. */
  readonly freshConnection: boolean;
  /** The response is short and will be read to its end: `send` may wait for all of it. */
  readonly bufferResponse?: boolean;
}

/** What core reads of a response; a fetch `Response` is one. Core consumes or cancels every body. */
export interface WireResponse {
  /** The HTTP status. */
  readonly status: number;
  /** By any case of their names. */
  readonly headers: {
    get(name: string): string | null;
    forEach(visit: (value: string, name: string) => void): void;
  };
  /** Whether the body is in memory already; `send` itself must then have refused one above 4 MiB. */
  readonly buffered?: boolean;
  /** The body as a stream; null when there is none. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** Reads the body to its end as text. */
  text(): Promise<string>;
  /** Reads the body to its end. */
  arrayBuffer(): Promise<ArrayBuffer>;
}
