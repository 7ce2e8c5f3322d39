// A line of few bytes per second in a separate process: `node throttle.mjs TARGET_PORT BYTES_PER_SECOND`. All
// connections share it. Prints its port, and on each line of stdin the bytes that clients have sent over it.
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

const [targetPort, bytesPerSecond] = process.argv.slice(2).map(Number);
const TICK_MS = 50;
/** Bytes that the line buffers per connection; more wait in the client's kernel. */
const BUFFER = 4096;

const clients = new Set();
let carried = 0;

const server = createServer({ highWaterMark: BUFFER, allowHalfOpen: true }, (client) => {
  const target = connect(targetPort, "127.0.0.1");
  clients.add(client);
  client.target = target;
  // Without a listener for `data`, a socket reads one buffer ahead and stops there.
  client.on("readable", () => {});
  client.on("end", () => target.end());
  target.on("data", (chunk) => client.write(chunk));
  target.on("end", () => client.end());
  for (const [socket, other] of [
    [client, target],
    [target, client],
  ]) {
    socket.on("error", () => {});
    socket.on("close", () => {
      clients.delete(client);
      other.destroy();
    });
  }
});

let credit = 0;
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  // A late tick must not send the bytes of several seconds at once.
  credit = Math.min(credit + ((now - last) / 1000) * bytesPerSecond, bytesPerSecond);
  last = now;
  // Round robin, so that each connection gets its share.
  for (let moved = true; moved && credit >= 1; ) {
    moved = false;
    for (const client of [...clients]) {
      const chunk = client.read(Math.min(client.readableLength, 512, Math.floor(credit)));
      if (chunk === null) continue;
      moved = true;
      credit -= chunk.length;
      carried += chunk.length;
      client.target.write(chunk);
      // Behind the others.
      clients.delete(client);
      clients.add(client);
      if (credit < 1) break;
    }
  }
}, TICK_MS);

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
createInterface({ input: process.stdin })
  .on("line", () => console.log(carried))
  .on("close", () => process.exit());
