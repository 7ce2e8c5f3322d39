// The sink: a separate process that responds like COS at minimal cost, so that the CPU of a client is measured without
// that of the server. It computes the CRC64 of every body and prints its two ports once it listens: of HTTP and of HTTPS.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { tlsFolder } from "../harness/paths.mjs";
import { SinkConnection } from "./connection.mjs";
import { createHasher } from "./hasher.mjs";
import { Store } from "./store.mjs";

const store = new Store();
const hasher = await createHasher();

/** @param {import("node:net").Socket} socket */
const serve = (socket) => {
  new SinkConnection(socket, store, hasher);
};
const certificate = {
  key: await readFile(`${tlsFolder}key.pem`),
  cert: await readFile(`${tlsFolder}localhost.pem`),
};
const servers = [
  createServer({ noDelay: true }, serve),
  createTlsServer({ ...certificate, noDelay: true }, serve),
];
const ports = servers.map(async (server) => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" ? address?.port : address;
});
console.log((await Promise.all(ports)).join(" "));

// Exits when the parent exits, because that closes the pipe.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
