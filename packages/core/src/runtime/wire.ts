/** A body that is read while it is sent. */
export interface BodyInBlocks {
  /** Bytes in all. */
  readonly length: number;
  /**
   * The next block of the body. Its memory is used again for the block after it: ask for that one when nothing will read
   * this one any more.
   * @param at where the block begins: 0, or the end of the block before it
   * @throws the reason that the request must fail with; also when the request has ended
   */
  block(at: number): Uint8Array | Promise<Uint8Array>;
}

/**
 * One request as it is sent. Its body is bytes and never a stream, because Deno and workerd drop Content-Length from
 * streams. Pass the object on as it is: a copy by spread has neither `signal` nor the methods. `send` calls the methods
 * `onQueue` and `onStart`; it may leave them out.
 */
export interface WireRequest {
  /** The HTTP method. */
  readonly method: string;
  /** Absolute and escaped; it is sent unchanged. */
  readonly url: string;
  /** With names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: the request has no body, or one in `blocks`. */
  readonly body?: Uint8Array | undefined;
  /** The body of a request that is read while it is sent. Only a runtime with `sendsBlocks` gets one. */
  readonly blocks?: BodyInBlocks | undefined;
  /** Aborts when the request must end, also while its response is being read. */
  readonly signal: AbortSignal;
  /**
   * Calls `listener` when `signal` aborts, at once if it has aborted. For a runtime that needs no AbortSignal: core creates
   * one only when `signal` is read.
   */
  onAbort?(listener: (reason: unknown) => void): void;
  /**
   * Says that the request waits in a queue of the runtime, such as one for a free connection. Its deadline does not run
   * until `onStart`. Without this call, the deadline runs from the call of `send` on.
   */
  onQueue?(): void;
  /**
   * Says that the request has a connection and is being sent.
   * @param unsent returns how many bytes of the request the socket has not accepted yet. With it, a body that makes
   *   progress never times out; without it, the deadline allows for the whole body at the measured rate.
   */
  onStart?(unsent?: () => number): void;
  /**
   * True on a slow connection. A runtime that only learns when a whole write is done then writes the body in blocks of a
   * few KiB, so that it knows what is unsent.
   */
  readonly slow?: boolean;
  /**
   * Bytes of a block of the body, when its rate is limited: the body is to be written in blocks of this size, each after
   * {@link pace} has resolved to true.
   */
  readonly paceBlock?: number | undefined;
  /** Resolves to true when the next `bytes` may be written, to false when the request has ended and nothing may follow. */
  pace?(bytes: number): Promise<boolean>;
  /** True after a connection reset: all pooled connections may be stale, so `send` must open a new one. */
  readonly freshConnection: boolean;
  /** True when core reads the whole response, which is short: `send` may resolve once it has all of it. */
  readonly bufferResponse?: boolean;
  /**
   * Receives the body of a long response. `send` then resolves once the sink has all of it, with a response without a body;
   * it rejects when the connection ends before the body does. A runtime that lets core download files implements it.
   */
  readonly sink?: ResponseSink | undefined;
}

/** The members of a response that core uses; a fetch `Response` has them. Core reads or cancels every body. */
export interface WireResponse {
  /** The HTTP status. */
  readonly status: number;
  /** Names are not case-sensitive. */
  readonly headers: {
    get(name: string): string | null;
    forEach(visit: (value: string, name: string) => void): void;
  };
  /** True when the body is in memory. `send` must then have refused one above `MAX_RESPONSE_BYTES`. */
  readonly buffered?: boolean;
  /**
   * True when the runtime has unpacked the body by its Content-Encoding, as fetch does: core cannot verify it then.
   * "unknown" when the runtime may have done so and hides the header, as a browser does from a page of another origin.
   */
  readonly decoded?: boolean | "unknown";
  /** The body as a stream; null: it has none. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** Reads the body to its end as text. */
  text(): Promise<string>;
  /** Reads the body to its end. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Receives the body of a response chunk by chunk, without a stream: a web stream costs as much as the rest of a download. */
export interface ResponseSink {
  /**
   * The final response has begun.
   * @returns true: the body goes to {@link write}; false: it is short, and is collected as without a sink
   * @throws what the request must fail with
   */
  begin(status: number, headers: WireResponse["headers"]): boolean;
  /**
   * The next bytes. Their memory is the sink's until it returns, or until the promise that it returns is settled; then
   * something else may be read into it. With a promise, no more may come until it resolves; if it rejects, the request
   * must fail with its reason.
   */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Whether bytes have arrived since the last call, or are still being dealt with. Core asks when the request is silent. */
  moved(): boolean;
}
