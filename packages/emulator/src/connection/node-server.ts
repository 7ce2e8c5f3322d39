import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Emulator } from "../emulator.ts";
import { CosFault, faultDocument, incompleteBody } from "../errors.ts";
import { HangUp } from "../request/middleware.ts";
import { newRequestId, newTraceId } from "../request/request-id.ts";
import type { EmulatorResponse } from "../types.ts";
import { type BodyState, carrierOf, type GoAhead } from "./carrier.ts";
import { drained, hangUp, writeRaw } from "./raw-answer.ts";

const SERVER_OPTIONS = {
  // An 850-byte key is 2550 bytes escaped, and a refusal should come from COS's rules, not from the parser's.
  maxHeaderSize: 64 * 1024,
  // Larger than node's default, so that a fast sender is not paused after every read.
  highWaterMark: 512 * 1024,
  keepAliveTimeout: 60_000,
  // A part may take as long as its sender needs.
  requestTimeout: 0,
  requireHostHeader: false,
} as const;

/** A listening emulator. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves an emulator over HTTP. */
export async function listen(emulator: Emulator, port: number, host: string): Promise<Listening> {
  const running = new Map<Duplex, Exchange>();
  const carried = new WeakMap<Duplex, number>();
  const accept =
    (bodyState: BodyState) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      const { socket } = request;
      const earlier = carried.get(socket) ?? 0;
      carried.set(socket, earlier + 1);
      const over = serve(emulator, request, response, bodyState, earlier).finally(() => {
        if (running.get(socket)?.request === request) running.delete(socket);
      });
      running.set(socket, { request, over });
    };
  const server = createServer(SERVER_OPTIONS, accept("sent"));
  // The go-ahead waits until something reads the body: a request refused by its headers never sends one.
  server.on("checkContinue", accept("awaits continue"));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const exchange = running.get(socket);
    // Bytes beyond a Content-Length look like a broken next request. COS drops them and answers the first.
    if (exchange?.request.complete) void exchange.over.then(() => socket.end());
    else refuseUnparsable(error, socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server, running) };
}

/** A request in work; the latest of its connection, should a client pipeline. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly over: Promise<void>;
}

async function serve(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
  bodyState: BodyState,
  earlierRequests: number,
): Promise<void> {
  // The operation sees a broken body through its iterator; nobody else has to.
  request.on("error", () => {});
  response.on("error", () => {});
  const goAhead = { given: bodyState === "sent" };
  try {
    const answer = await emulator.handle({
      method: request.method ?? "GET",
      target: request.url ?? "/",
      headers: joinHeaders(request),
      body: requestBody(request, response, goAhead),
      carrier: carrierOf(request, bodyState, earlierRequests, goAhead),
    });
    if (answer.wire) await writeRaw(answer, request);
    else await write(answer, request, response, bodyState);
  } catch (error) {
    if (error instanceof HangUp) hangUp(request, error.manner);
    else request.socket.destroy(asError(error));
  }
}

async function* requestBody(
  request: IncomingMessage,
  response: ServerResponse,
  goAhead: GoAhead,
): AsyncGenerator<Uint8Array> {
  if (!goAhead.given) response.writeContinue();
  try {
    // A reader that stops early must leave the connection open for its answer.
    yield* request.iterator({ destroyOnReturn: false });
  } catch {
    throw incompleteBody();
  }
}

async function write(
  answer: EmulatorResponse,
  request: IncomingMessage,
  response: ServerResponse,
  bodyState: BodyState,
): Promise<void> {
  response.sendDate = false;
  const headers = { ...answer.headers };
  // A client that was never told to continue may send its body or its next request: only closing is safe.
  if (bodyState === "awaits continue" && !request.complete) headers.Connection = "close";
  response.writeHead(answer.status, headers);
  if (typeof answer.body === "string" || answer.body === undefined) response.end(answer.body);
  else await stream(answer.body, response);
  // Refused in the middle of its body: the rest is read and dropped, so that the sender gets to see the answer.
  if (!request.complete) request.resume();
}

async function stream(body: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  for await (const chunk of body) {
    if (response.destroyed) break;
    if (!response.write(chunk)) await drained(response);
  }
  response.end();
}

function joinHeaders(request: IncomingMessage): Record<string, string | undefined> {
  const joined: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    joined[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return joined;
}

/** What cannot be parsed never becomes a request, but the client still gets a COS error. */
function refuseUnparsable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  // The parser reports a connection that ends inside a body this way.
  const incomplete = error.code === "HPE_INVALID_EOF_STATE";
  const fault = incomplete
    ? incompleteBody()
    : new CosFault("BadRequest", "The request could not be understood.");
  const requestId = newRequestId(Date.now());
  const body = faultDocument(fault, { resource: "", requestId, traceId: newTraceId() });
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Date: ${new Date().toUTCString()}\r\nServer: tencent-cos\r\nx-cos-request-id: ${requestId}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}

async function close(server: Server, running: ReadonlyMap<Duplex, Exchange>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
  // Afterwards nothing writes to the data directory any more.
  await Promise.all([...running.values()].map((exchange) => exchange.over));
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
