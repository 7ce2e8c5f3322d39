import type { Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

const below = new WeakMap<Socket, Socket>();

/** Remembers the TCP socket below each TLS socket of a server: only TCP has a reset. */
export function trackTcpSockets(server: TlsServer): void {
  const waiting = new Map<string, Socket>();
  server.on("connection", (socket: Socket) => {
    const peer = peerOf(socket);
    waiting.set(peer, socket);
    socket.once("close", () => waiting.delete(peer));
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    const tcp = waiting.get(peerOf(socket));
    if (tcp !== undefined) below.set(socket, tcp);
  });
}

/** The TCP socket of a connection. */
export function tcpSocketOf(socket: Socket): Socket {
  return below.get(socket) ?? socket;
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
