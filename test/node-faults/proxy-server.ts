import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";

/** An HTTP proxy on a free port. */
export interface ProxyServer {
  /** Without credentials. */
  readonly url: string;
  readonly port: number;
  /** The requests: `CONNECT host:port`, or the method and the absolute URL. */
  readonly asked: string[];
  /** The decoded credentials of each request; empty if there are none. */
  readonly credentials: string[];
  close(): Promise<void>;
}

/** @param refuse the status that it refuses everything with; undefined: it carries everything */
export async function proxyServer(refuse?: number): Promise<ProxyServer> {
  const asked: string[] = [];
  const credentials: string[] = [];
  const sockets = new Set<Socket>();
  const note = (message: IncomingMessage): void => {
    asked.push(`${message.method} ${message.url}`);
    const basic = /^Basic (.*)$/.exec(message.headers["proxy-authorization"] ?? "")?.[1] ?? "";
    credentials.push(Buffer.from(basic, "base64").toString());
  };
  const server = createServer((message, response) => {
    note(message);
    if (refuse !== undefined) {
      response.writeHead(refuse).end();
      return;
    }
    const { "proxy-authorization": _own, "proxy-connection": _hop, ...headers } = message.headers;
    const onward = request(message.url ?? "", { method: message.method, headers }, (upstream) => {
      response.writeHead(upstream.statusCode ?? 502, upstream.rawHeaders);
      upstream.pipe(response);
    });
    onward.on("error", () => response.destroy());
    message.pipe(onward);
  });
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.on("connect", (message: IncomingMessage, socket: Socket) => {
    note(message);
    socket.on("error", () => {});
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} Refused\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${message.url}`);
    const upstream = connect(Number(port || 80), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
    });
    sockets.add(upstream);
    upstream.on("error", () => socket.destroy());
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, port, asked, credentials, close };
}

/** Listens on a free port of the loopback. @returns the port */
export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", () => resolve(undefined)));
  return (server.address() as AddressInfo).port;
}
