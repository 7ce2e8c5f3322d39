// The sink: a separate process that responds like COS at minimal cost, so that the CPU of a client is measured without
// that of the server. It computes the CRC64 of every body and prints its port once it listens.
import { createServer } from "node:net";
import { SinkConnection } from "./connection.mjs";
import { createHasher } from "./hasher.mjs";
import { Store } from "./store.mjs";

const store = new Store();
const hasher = await createHasher();

const server = createServer({ noDelay: true }, (socket) => {
  new SinkConnection(socket, store, hasher);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" ? address?.port : address);
});

// Exits when the parent exits, because that closes the pipe.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
