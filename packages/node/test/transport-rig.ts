import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach } from "vitest";
import { createTransport, type Transport } from "../src/transport.ts";

const transports: Transport[] = [];

/** A transport for one test, closed after it. */
export function transport(...options: Parameters<typeof createTransport>): Transport {
  const created = createTransport(...options);
  transports.push(created);
  return created;
}

afterEach(async () => {
  await Promise.all(transports.splice(0).map((created) => created.close()));
});

/** Resolves when the server's side of a connection is closed, in whichever way. */
export function closeOf(socket: Socket | undefined): Promise<void> {
  return new Promise((resolve) =>
    socket
      ?.on("error", () => {})
      .resume()
      .once("close", () => resolve()),
  );
}

/** A server that never replies to a TLS handshake: connected, but not yet a connection to undici. */
export async function silentHandshake(): Promise<{ url: string; accepted: Socket[]; server: Server }> {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}/`, accepted, server };
}
