// The sink: a process of its own that answers like COS as cheaply as it can, so that a client's CPU is measured apart
// from the server's. It computes the CRC64 of every body it receives. Prints its port once it listens.
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

// The parent's end: the pipe closes, and the sink with it.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
