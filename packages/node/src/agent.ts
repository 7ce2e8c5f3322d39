import type { Socket } from "node:net";
import type { Connector } from "./connector.ts";
import { Agent, Client, type Dispatcher, kSocket, Pool, type UndiciAgent } from "./undici.ts";

/** Core has no more requests under way than this; it only stops a runaway. */
const CONNECTIONS_PER_ORIGIN = 128;
const KEEP_ALIVE_MS = 4_000;
/** A server may ask for longer, but gateways forget idle connections after minutes. */
const KEEP_ALIVE_MAX_MS = 60_000;
/** Of a response: as Node has it by default, and eight times what COS sends with the most metadata. */
const MAX_HEADER_BYTES = 16 * 1024;

/** What a request is dispatched with. One of our agents sets the connection that it goes out on. */
export interface RoutedOptions extends Dispatcher.DispatchOptions {
  connection: Dispatcher | undefined;
}

/** An undici agent that tells on which connection a request goes out. */
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
  /** Of a TLS handle: the TCP handle below it, whose queue moves on while the other's stands still. */
  readonly _parent?: Handle | null;
}

/**
 * Tells how many of a body's `length` bytes a connection has not handed to the kernel yet; called before the first. Node shows it nowhere else: `bytesWritten` counts
 * what waits, and `writableLength` stands still until all of a write has gone. Undefined where there is no such handle
 * (Bun, a caller's dispatcher).
 */
export function unsentBytes(connection: Dispatcher | undefined, length: number): (() => number) | undefined {
  const socket = (connection as { readonly [kSocket]?: Socket | null } | undefined)?.[kSocket];
  const handle = handleOf(socket);
  if (typeof handle?.writeQueueSize !== "number") return undefined;
  // A very large body is written piece by piece: what is not written yet has not gone either.
  const before = socket?.bytesWritten ?? 0;
  return () => {
    const size = handleOf(socket)?.writeQueueSize;
    const waiting = typeof size === "number" ? size : 0;
    return Math.max(0, length + waiting - ((socket?.bytesWritten ?? 0) - before));
  };
}

function handleOf(socket: Socket | null | undefined): Handle | undefined {
  const handle = (socket as { readonly _handle?: Handle | null } | null | undefined)?._handle;
  return handle?._parent ?? handle ?? undefined;
}
