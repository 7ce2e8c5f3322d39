#!/usr/bin/env bash
# ioredis: disconnect() between two attempts to connect settles nothing, and the client says "reconnecting" for ever.
#
# Version: ioredis 5.11.1 on Node 20.20.2.
# Source: Redis.disconnect() of ioredis.
# Behaviour: disconnect() of a connected client rejects the commands that wait, sends the event "end", and the status is
#   "end". While the client pauses before its next attempt to connect, disconnect() removes the timer of that attempt and
#   does nothing else: commands that wait are neither sent nor rejected, no "end" comes, and the status stays "reconnecting".
# Output seen:
#   connected: rejected with Connection is closed.; status end; events close, end
#   between two attempts: still waits; status reconnecting; events none
# Why a good guess is wrong: Its comment says that disconnect() closes the connection immediately and may lose replies, and
#   the README that "end" comes when no more attempts will be made, also after disconnect(). Code that awaits a command,
#   or "end", next to disconnect() works in every test in which the server is there, and waits for ever when it is not.
# Here: packages/fleet/src/worker/close-worker.ts and packages/fleet/src/jobs/enqueue.ts wait for Redis for a limited
#   time before they disconnect.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . ioredis@5.11.1
cat > observe.mjs <<'JS'
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

/** A server that says it is ready, and responds to nothing else. */
async function serve() {
  const sockets = [];
  const info = "redis_version:7.0.15\r\nloading:0\r\n";
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      if (/\r\ninfo\r\n/i.test(String(data))) socket.write(`$${info.length}\r\n${info}\r\n`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const end = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: server.address().port, end };
}

/** What becomes of a command, and of the client, within two seconds after disconnect(). */
async function after(isGone) {
  const server = await serve();
  const redis = new Redis(server.port, "127.0.0.1", {
    maxRetriesPerRequest: null,
    retryStrategy: () => 1000,
    disableClientInfo: true,
  });
  redis.on("error", () => {});
  await once(redis, "ready");
  if (isGone) {
    server.end();
    await once(redis, "reconnecting");
  }
  let command = "still waits";
  redis.ping().catch((error) => {
    command = `rejected with ${error.message}`;
  });
  const events = [];
  for (const event of ["close", "end"]) redis.on(event, () => events.push(event));
  redis.disconnect();
  await sleep(2000);
  server.end();
  return `${command}; status ${redis.status}; events ${events.join(", ") || "none"}`;
}

const connected = await after(false);
const between = await after(true);
console.log(`connected: ${connected}`);
console.log(`between two attempts: ${between}`);
process.exit();
JS
node observe.mjs | tee seen
cat > expected <<'TEXT'
connected: rejected with Connection is closed.; status end; events close, end
between two attempts: still waits; status reconnecting; events none
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
