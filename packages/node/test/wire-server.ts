import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { WireRequest } from "@cosup/core/runtime";
import { afterEach } from "vitest";

/** A real HTTP server on a free port that remembers its sockets. */
export interface WireServer {
  readonly url: string;
  readonly server: Server;
  readonly sockets: Socket[];
}

const servers: WireServer[] = [];

export async function wireServer(listener: RequestListener): Promise<WireServer> {
  const server = createServer(listener);
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const started = { url: `http://127.0.0.1:${port}`, server, sockets };
  servers.push(started);
  return started;
}

afterEach(async () => {
  for (const { server } of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function wireRequest(url: string, rest: Partial<WireRequest> = {}): WireRequest {
  return {
    method: "GET",
    url,
    headers: {},
    signal: new AbortController().signal,
    freshConnection: false,
    ...rest,
  };
}
