import type { Socket } from "node:net";
import type { Connector } from "./connector.ts";
import { Agent, Client, type Dispatcher, kSocket, Pool, type UndiciAgent } from "./undici.ts";

/** More than core ever has under way at once; a limit against errors. */
const CONNECTIONS_PER_ORIGIN = 128;
const KEEP_ALIVE_MS = 4_000;
/** A server may ask for longer, but gateways forget idle connections after minutes. */
const KEEP_ALIVE_MAX_MS = 60_000;
/** Of a response: Node's default, eight times the longest that COS sends. */
const MAX_HEADER_BYTES = 16 * 1024;

/** The options of a request. Our agents set `connection` to the connection that it is sent on. */
export interface RoutedOptions extends Dispatcher.DispatchOptions {
  connection: Dispatcher | undefined;
}

/** Creates an undici agent that sets {@link RoutedOptions.connection}. */
export function createAgent({ connect }: Connector): UndiciAgent {
  return new Agent({
    connect,
    allowH2: false,
    connections: CONNECTIONS_PER_ORIGIN,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    factory: (origin, options) => new Pool(origin, { ...options, factory: createConnection }),
  });
}

function createConnection(origin: URL, options: object): Dispatcher {
  return new TellingClient(origin, options);
}

class TellingClient extends Client {
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if ("connection" in options) options.connection = this;
    return super.dispatch(options, handler);
  }
}

interface Handle {
  readonly writeQueueSize?: unknown;
  /** Of a TLS handle: the TCP handle below it. Only its queue gets shorter while bytes are sent. */
  readonly _parent?: Handle | null;
}

/**
 * Returns a function that counts how many of a body's `length` bytes the connection has not passed to the kernel yet. To be
 * called before the first byte. Node shows this nowhere else: `bytesWritten` includes what waits, and `writableLength` does
 * not change until a whole write is sent. Undefined where there is no such handle (Bun, a caller's dispatcher).
 */
export function unsentBytes(connection: Dispatcher | undefined, length: number): (() => number) | undefined {
  const socket = socketOf(connection);
  const handle = handleOf(socket);
  if (typeof handle?.writeQueueSize !== "number") return undefined;
  // A very large body is written in pieces; those that are not written yet are unsent too.
  const before = socket?.bytesWritten ?? 0;
  return () => {
    const size = handleOf(socket)?.writeQueueSize;
    const waiting = typeof size === "number" ? size : 0;
    return Math.max(0, length + waiting - ((socket?.bytesWritten ?? 0) - before));
  };
}

/** The socket of a connection while it has one; undefined for a caller's dispatcher. */
export function socketOf(connection: Dispatcher | undefined): Socket | null | undefined {
  return (connection as { readonly [kSocket]?: Socket | null } | undefined)?.[kSocket];
}

function handleOf(socket: Socket | null | undefined): Handle | undefined {
  const handle = (socket as { readonly _handle?: Handle | null } | null | undefined)?._handle;
  return handle?._parent ?? handle ?? undefined;
}
