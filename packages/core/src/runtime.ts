import { onAbort } from "./abort-listeners.ts";
import type { Sha1 } from "./auth/sign.ts";
import type { TransportFailure } from "./errors.ts";
import type { ByteSource } from "./upload/source.ts";

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
  /** Ends the exchange, also while its answer is being read. */
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
  /** The answer is short and will be read to its end: `send` may wait for all of it. */
  readonly whole?: boolean;
}

/** What core reads of an answer; a fetch `Response` is one. Core consumes or cancels every body. */
export interface WireResponse {
  /** The HTTP status. */
  readonly status: number;
  /** By any case of their names. */
  readonly headers: {
    get(name: string): string | null;
    forEach(visit: (value: string, name: string) => void): void;
  };
  /** Whether the body is in memory already; `send` itself must then have refused one above 4 MiB. */
  readonly collected?: boolean;
  /** The body as a stream; null when there is none. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** Reads the body to its end as text. */
  text(): Promise<string>;
  /** Reads the body to its end. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** An upload as its caller wants it; undefined: not said. */
export interface UploadWish {
  /** Bytes of a part. */
  readonly partSize: number | undefined;
  /** Parts under way at once. */
  readonly concurrency: number | undefined;
  /** Sources of up to this many bytes go up in one request. */
  readonly threshold: number;
  /** Whether a later call can go on where this one stops. */
  readonly resumable: boolean;
}

/** An upload as the runtime can do it. */
export interface UploadShape {
  /** The source to read: the one given, or one that watches over it. */
  readonly source: ByteSource;
  /** Bytes of a part when the length of a stream is unknown. */
  readonly partSize: number;
  /** Parts under way at once. */
  readonly concurrency: number;
}

/** A `WebAssembly.Module`. Not by that name: Node's types have none, and programs need not have those of a browser. */
export type WasmModule = object;

/** All that an adapter lends to core. */
export interface Runtime {
  /** For the user agent, never for branching. */
  readonly name: string;
  /** The compiled core; compiled by whoever may compile. */
  readonly wasm: WasmModule | Promise<WasmModule>;
  /** What holds when a call does not say. */
  readonly defaults: {
    /** Bytes of a part when the length of a stream is unknown. */
    readonly partSize: number;
    /** Parts under way at once. */
    readonly concurrency: number;
    /** Bytes of part buffers, shared by all uploads of a client. */
    readonly memoryBudget: number;
    /** Bytes that one "MB" of PartSize and of the one-PUT limit stands for; only a simulation makes it smaller. */
    readonly partUnit?: number;
  };
  /** SHA-1 for signing where it is at hand without a promise; WebCrypto's otherwise. */
  readonly sha1?: Sha1;
  /** One exchange. A 4xx or 5xx resolves; only a transport failure rejects. Redirects are not followed. */
  send(request: WireRequest): Promise<WireResponse>;
  /** Opens the runtime's own inputs (paths, handles, objects of a store); undefined means "not mine". */
  open(input: unknown): Promise<ByteSource | undefined>;
  /**
   * Reads a web stream in the runtime's own way: it must have locked the stream when it returns. The stream is neither
   * locked nor read from. Undefined, or not implemented: core reads it.
   * @param size bytes of the stream, when the message it belongs to tells them
   */
  openStream?(stream: ReadableStream, size: number | undefined): ByteSource | undefined;
  /**
   * Fits an upload to limits that only the runtime knows (requests per invocation, for one), before anything is sent.
   * @throws {RangeError} it cannot fit
   */
  fit?(source: ByteSource, wish: UploadWish): UploadShape;
  /**
   * Lends a digest core with an arena of `bytes`: a new one of `create`, or one that an earlier client has given back.
   * For runtimes that cannot wait until the memory of a client is collected; without it, each client has its own.
   */
  lendCore?<Core>(bytes: number, create: () => Promise<Core>): Promise<Core>;
  /**
   * The usual Content-Type of a file extension, in lower case and without its dot. Without it, only a Blob tells its
   * type. `@cosup/core/content-types` has a table.
   */
  contentTypeOf?(extension: string): string | undefined;
  /** Which kind of failure a rejection of {@link Runtime.send} is. */
  transportError(cause: unknown): TransportFailure;
  /** Closes what `send` holds open; called by `client.close()`. */
  close?(): Promise<void>;
}

/** Time and chance, so that tests run on virtual time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fire` once after `delayMs`; the returned function cancels it. */
  timer(delayMs: number, fire: () => void): () => void;
  /**
   * Calls `fire` once everything that waits in the event loop has had its turn; a timer of 0 when it is not there,
   * which costs a millisecond each time.
   */
  turn?(fire: () => void): void;
  /** In [0, 1). */
  random(): number;
}

/** Where there is one (Node, Deno), a turn of the event loop without the millisecond that a timer rounds up to. */
const { setImmediate } = globalThis as { setImmediate?: (fire: () => void) => void };

export const systemClock: Clock = {
  now: () => Date.now(),
  timer: (delayMs, fire) => {
    const id = setTimeout(fire, delayMs);
    return () => clearTimeout(id);
  },
  ...(setImmediate === undefined ? {} : { turn: (fire: () => void) => void setImmediate(fire) }),
  random: () => Math.random(),
};

/** Resolves after `delayMs`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const cancel = clock.timer(delayMs, () => {
      stop();
      resolve();
    });
    const stop = onAbort(signal, () => {
      cancel();
      reject(signal?.reason);
    });
  });
}
