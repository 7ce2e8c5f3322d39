#!/usr/bin/env bash
# undici over TLS: a body of an async iterable, with its Content-Length, costs a new connection whenever the response comes
# fast. The same bytes as one Buffer keep the connection.
#
# Version: undici 7.30.2 (npm undici@7.30.2); seen with Node 20.20.2.
# Source: undici's lib/dispatcher/client-h1.js (onMessageComplete, AsyncWriter), Node's src/crypto/crypto_tls.cc
#   (TLSWrap::EncOut).
# Behaviour: A write of an iterable's chunk waits for 'drain', and only then is the iterable asked whether it has ended. Node
#   reports a TLS write that the kernel took at once by setImmediate, which comes after the next poll. When the whole
#   response arrives in that poll, undici still counts the request as being written, treats the response as an early one, and
#   destroys the connection. When the last 1 KiB is a chunk of its own, the socket queues it without 'drain', undici sees the
#   end at once, and the connection is kept.
# Output seen (the second number varies from run to run, 30 to 70):
#   buffer: 1 connection
#   iterable: many connections
#   iterable with a short last chunk: at most 2 connections
# Why a good guess is wrong: all bytes that Content-Length names have been written and the response is complete, so the
#   request looks finished on both sides, and keep-alive should apply as it does for a Buffer. Over plain HTTP it does. No error
#   and no event says that a connection was lost; only a TLS handshake for each request shows, which here costs more than
#   encrypting 1 MiB.
# Here: packages/node/src/body-in-blocks.ts (TAIL_BYTES).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . undici@7.30.2
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 2 \
  -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2> /dev/null
cat > server.mjs <<'JS'
// Responds to a request of 1 MiB in the moment in which its last byte has arrived.
import { readFileSync } from "node:fs";
import { createServer } from "node:tls";

let connections = 0;
const options = { key: readFileSync("key.pem"), cert: readFileSync("cert.pem") };
const server = createServer(options, (socket) => {
  connections += 1;
  let missing = 0;
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    const head = missing === 0 ? chunk.indexOf("\r\n\r\n") + 4 : 0;
    if (missing === 0) missing = 1024 ** 2;
    missing -= chunk.length - head;
    const text = String(connections);
    if (missing === 0) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
JS
cat > client.mjs <<'JS'
import { readFileSync } from "node:fs";
import { Agent, request } from "undici";

const [, , port, form] = process.argv;
const whole = Buffer.alloc(1024 ** 2);
const BLOCK = 256 * 1024;

async function* blocks(tail) {
  for (let at = 0; at < whole.length - BLOCK; at += BLOCK) yield whole.subarray(at, at + BLOCK);
  const last = whole.subarray(whole.length - BLOCK);
  if (tail === 0) return yield last;
  yield last.subarray(0, -tail);
  yield last.subarray(-tail);
}

const dispatcher = new Agent({ connect: { ca: readFileSync("cert.pem") }, connections: 1 });
let connections = 0;
for (let count = 0; count < 100; count += 1) {
  const body = form === "buffer" ? whole : blocks(form === "tail" ? 1024 : 0);
  const headers = { "content-length": String(whole.length) };
  const response = await request(`https://127.0.0.1:${port}/`, { method: "PUT", dispatcher, headers, body });
  connections = Number(await response.body.text());
}
console.log(connections);
process.exit();
JS
connections() {
  node server.mjs > port &
  local server=$!
  for _ in $(seq 50); do [ -s port ] && break; sleep 0.1; done
  node client.mjs "$(cat port)" "$1"
  kill "$server"
  rm port
}
{
  [ "$(connections buffer)" -eq 1 ] && echo "buffer: 1 connection"
  [ "$(connections iterable)" -gt 5 ] && echo "iterable: many connections"
  [ "$(connections tail)" -le 2 ] && echo "iterable with a short last chunk: at most 2 connections" || true
} | tee seen
cat > expected <<'TEXT'
buffer: 1 connection
iterable: many connections
iterable with a short last chunk: at most 2 connections
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
