import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Emulator } from "../emulator.ts";
import type { SlowLink } from "../link/slow-link.ts";
import { OptionRangeError } from "../options/option-errors.ts";
import type { TlsFiles } from "../types.ts";
import type { BodyState } from "./connection.ts";
import { refuseUnparsable } from "./refuse-unparsable.ts";
import { RequestsInOrder } from "./requests-in-order.ts";
import { serveRequest } from "./serve-request.ts";
import { trackTcpSockets } from "./tcp-socket.ts";

const SERVER_OPTIONS = {
  // An 850-byte key is 2550 bytes escaped, and COS's rules should refuse a longer one, not the parser's.
  maxHeaderSize: 64 * 1024,
  // Larger than node's default, so that a fast sender is not paused after every read.
  highWaterMark: 512 * 1024,
  keepAliveTimeout: 60_000,
  // A part may take as long as its sender needs.
  requestTimeout: 0,
  // The head of a request comes in one piece from every client: what takes longer is closed within 25 s.
  headersTimeout: 20_000,
  connectionsCheckingInterval: 5_000,
  requireHostHeader: false,
} as const;

/** With a slow link from the start: how much a connection reads ahead of it. */
const SLOW_READ_AHEAD = 64 * 1024;

type Limits = Pick<ServerOptions, "headersTimeout" | "connectionsCheckingInterval">;

/** A listening emulator. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves an emulator over HTTP, or with `tls` over HTTPS. */
export async function listen(
  emulator: Emulator,
  port: number,
  host: string,
  tls?: TlsFiles,
  { link, ...limits }: Limits & { readonly link?: SlowLink } = {},
): Promise<Listening> {
  const connections = new Map<Duplex, RequestsInOrder>();
  const accept =
    (bodyState: BodyState) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      const requests = connections.get(request.socket) ?? track(request.socket, connections);
      const earlierRequests = requests.count;
      const nodeRequest = { request, response, bodyState, earlierRequests };
      requests.add(request, () => serveRequest(emulator, nodeRequest, link));
    };
  const readAhead = link?.options?.bytesPerSecond === undefined ? {} : { highWaterMark: SLOW_READ_AHEAD };
  const server = serverFor({ ...SERVER_OPTIONS, ...readAhead, ...limits }, tls, accept("sent"));
  // `100 Continue` is sent only when something reads the body: a request refused by its headers never gets one.
  server.on("checkContinue", accept("awaits continue"));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const requests = connections.get(socket);
    if (requests) void requests.refuse(error);
    else refuseUnparsable(error, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server, connections) };
}

function serverFor(options: ServerOptions, tls: TlsFiles | undefined, accept: RequestListener): Server {
  if (tls === undefined) return createServer(options, accept);
  try {
    const server = createTlsServer({ ...options, key: tls.key, cert: tls.cert }, accept);
    trackTcpSockets(server);
    return server;
  } catch (error) {
    const { message } = error as Error;
    throw new OptionRangeError("tls", `key and cert are no PEM, or do not belong together (${message})`);
  }
}

/** A connection is forgotten when it is closed and nothing of it runs any more. */
function track(socket: Duplex, connections: Map<Duplex, RequestsInOrder>): RequestsInOrder {
  const requests = new RequestsInOrder(socket);
  connections.set(socket, requests);
  socket.once("close", () => void requests.settled().then(() => connections.delete(socket)));
  return requests;
}

async function close(server: Server, connections: ReadonlyMap<Duplex, RequestsInOrder>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
  // After this, nothing writes to the data directory any more.
  await Promise.all([...connections.values()].map((requests) => requests.settled()));
}
