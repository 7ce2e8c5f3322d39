import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { listen } from "./proxy-server.ts";

/** A certificate authority that only tests trust, and its certificates for localhost, valid until 2125. */
export const CA_FILE = fileURLToPath(new URL("../fixtures/tls/ca.pem", import.meta.url));

const pem = (name: string): string =>
  readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), "utf8");

export const CA = pem("ca");

export interface TlsServer {
  readonly port: number;
  /** TCP connections so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A TLS server with one of the certificates, which forwards the decrypted bytes to a local port. */
export async function tlsServer(certificate: string, upstreamPort?: number): Promise<TlsServer> {
  let connections = 0;
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createServer({ key: pem("key"), cert: pem(certificate) }, (socket) => {
    socket.on("error", () => {});
    if (upstreamPort === undefined) return;
    const upstream = connect(upstreamPort, "127.0.0.1");
    sockets.add(upstream.on("error", () => socket.destroy()));
    socket.pipe(upstream).pipe(socket);
  });
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket.on("error", () => {}));
  });
  server.on("tlsClientError", () => {});
  const port = await listen(server);
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, connections: () => connections, close };
}
