import type { Socket } from "node:net";
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
