import { readFileSync } from "node:fs";
import { request } from "node:http";
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Settings,
} from "node:http2";
import type { Socket } from "node:net";
import { listen } from "./proxy-server.ts";

const pem = (name: string): string =>
  readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), "utf8");

/** A request as it arrived. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  /** "2.0" or "1.1". */
  readonly version: string;
  /** Bytes of the body that have arrived so far. */
  bytes: number;
  /** The status that the server behind it gave; undefined: the request ended before. */
  status: number | undefined;
}

export interface Http2Front {
  /** `https://localhost:PORT` */
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  /** What each TLS connection negotiated by ALPN; "none": the client offered nothing. */
  readonly negotiated: readonly string[];
  close(): Promise<void>;
}

export interface FrontOptions {
  /** Whether clients that do not offer h2 are served. */
  readonly allowHTTP1: boolean;
  /** Settings that the server announces, such as the window of a stream. */
  readonly settings?: Settings | undefined;
  /** Window of the whole connection in bytes, default 65 535. */
  readonly connectionWindow?: number | undefined;
  /** Sees each request before it is passed on; true: it has responded by itself. */
  readonly intercept?: (message: Http2ServerRequest, response: Http2ServerResponse) => boolean;
}

/** A TLS server for HTTP/2 and HTTP/1.1 that passes requests to a plain HTTP server, and counts them. */
export async function http2Front(upstream: string, options: FrontOptions): Promise<Http2Front> {
  const { allowHTTP1, settings, connectionWindow, intercept } = options;
  const arrivals: Arrival[] = [];
  const negotiated: string[] = [];
  const sockets = new Set<Socket>();
  const server: Http2SecureServer = createSecureServer({
    key: pem("key"),
    cert: pem("localhost"),
    allowHTTP1,
    ...(settings && { settings }),
  });
  server.on("secureConnection", (socket) => negotiated.push(socket.alpnProtocol || "none"));
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
  server.on("session", (session) => {
    session.on("error", () => {});
    if (connectionWindow !== undefined) session.setLocalWindowSize(connectionWindow);
  });
  server.on("tlsClientError", () => {});
  server.on("request", (message, response) => {
    const { method, url: path, httpVersion: version } = message;
    const arrival: Arrival = { method, path, version, bytes: 0, status: undefined };
    arrivals.push(arrival);
    response.stream?.on("error", () => {});
    if (intercept?.(message, response)) return;
    passOn(upstream, message, response, arrival);
  });
  const port = await listen(server);
  return {
    url: `https://localhost:${port}`,
    arrivals,
    negotiated,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passOn(
  upstream: string,
  message: Http2ServerRequest,
  response: Http2ServerResponse,
  arrival: Arrival,
): void {
  const own = Object.entries(message.headers).filter(([name]) => !name.startsWith(":"));
  const headers = { ...Object.fromEntries(own), host: message.authority || message.headers.host };
  // A connection for each: what an aborted request leaves of its body would be read as the beginning of the next one.
  const options = { method: message.method, headers, agent: false } as const;
  const onward = request(new URL(message.url, upstream), options, (received) => {
    arrival.status = received.statusCode;
    const { connection: _, "keep-alive": _2, "transfer-encoding": _3, ...passed } = received.headers;
    response.writeHead(received.statusCode ?? 502, passed);
    received.pipe(response as unknown as NodeJS.WritableStream);
  });
  onward.on("error", () => response.stream?.destroy());
  message.on("aborted", () => onward.destroy());
  message.on("data", (chunk: Buffer) => {
    arrival.bytes += chunk.length;
  });
  message.pipe(onward);
}
