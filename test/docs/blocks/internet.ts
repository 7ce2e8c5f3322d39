import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";

const pem = (name: string): string =>
  readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), "utf8");

/** The authority that signed the certificate of the hosts below. */
export const CA_FILE = fileURLToPath(new URL("../../fixtures/tls/ca.pem", import.meta.url));

/** An HTTP proxy behind which COS's host names are the emulator, and those of example.com a local site. */
export interface Internet {
  readonly url: string;
  /** Where a host is reached by TLS without the proxy, with a certificate of {@link CA_FILE}. */
  readonly tlsPort: number;
  /** Hosts that a program asked for and that do not exist here. */
  readonly unknown: string[];
  close(): Promise<void>;
}

const COS = /\.cos(-internal)?\.[a-z-]+\.(myqcloud\.com|tencentcos\.cn)$/;
const SITE = /(^|\.)example\.com$/;

/** @param ports of the emulator, and of the site that serves `*.example.com` */
export async function startInternet(ports: {
  readonly cos: number;
  readonly site: number;
}): Promise<Internet> {
  const unknown: string[] = [];
  const sockets = new Set<Socket>();
  const portOf = (host: string): number | undefined => {
    // A custom domain of a bucket.
    if (COS.test(host) || host === "files.example.com") return ports.cos;
    if (SITE.test(host)) return ports.site;
    unknown.push(host);
    return undefined;
  };
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  };
  const tls = createTlsServer({ key: pem("key"), cert: pem("cos") }, (socket: TLSSocket) => {
    const port = portOf(socket.servername === false ? "" : (socket.servername ?? ""));
    if (port === undefined) return void socket.destroy();
    const upstream = keep(connect(port, "127.0.0.1"));
    upstream.on("close", () => socket.destroy());
    socket.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  const proxy = createServer((incoming, response) => forward(incoming, response, portOf));
  proxy.on("connection", keep);
  proxy.on("connect", (_request, socket: Socket) => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    tls.emit("connection", socket);
  });
  tls.on("connection", keep);
  for (const server of [proxy, tls])
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  const { port: tlsPort } = tls.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    for (const server of [proxy, tls]) await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, tlsPort, unknown, close };
}

function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  portOf: (host: string) => number | undefined,
): void {
  const url = new URL(incoming.url ?? "", "http://nowhere.invalid");
  const port = portOf(url.hostname);
  if (port === undefined) return void response.writeHead(502).end();
  const { method, headers } = incoming;
  const sent = request({ port, method, headers, path: url.pathname + url.search }, (received) => {
    response.writeHead(received.statusCode ?? 502, received.headers);
    received.pipe(response);
  });
  sent.on("error", () => response.destroy());
  incoming.pipe(sent);
}
