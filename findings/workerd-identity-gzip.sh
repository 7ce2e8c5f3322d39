#!/usr/bin/env bash
# workerd unpacks a gzip response although the request asked for `accept-encoding: identity`.
#
# Version: workerd 1.20261117.1 (npm @cloudflare/workerd-linux-64@1.20261117.1), compatibility date 2026-01-01.
# Source: fetch() in workerd and its option `encodeResponseBody`.
# Behaviour: A server holds an object with `content-encoding: gzip`, as COS does when it was stored so, and sends its 32
#   bytes whatever the request accepts. workerd gives the program 600 unpacked bytes, while the headers still say
#   `content-encoding: gzip` and `content-length: 32`. `accept-encoding: identity` changes what the server sees, not what
#   the program reads. Only `encodeResponseBody: "manual"` gives the stored bytes.
# Output seen:
#   no option: 600 bytes, content-encoding gzip, content-length 32
#   accept-encoding identity: 600 bytes, content-encoding gzip, content-length 32
#   encodeResponseBody manual: 32 bytes, content-encoding gzip, content-length 32
# Why a good guess is wrong: `identity` asks for bytes without coding, so what comes back looks like what is stored. The
#   option that decides is named after encoding a response, which reads as if it concerned the Worker's own responses. A
#   digest of the body, compared with the digest of the stored object, then disagrees for sound objects.
# Here: packages/workers/src/transport.ts sets the option, so that a body is compared as COS stores it.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . @cloudflare/workerd-linux-64@1.20261117.1
cat > origin.mjs <<'JS'
import { writeFileSync, renameSync } from "node:fs";
import http from "node:http";
import { gzipSync } from "node:zlib";

const stored = gzipSync("hello ".repeat(100));
const server = http.createServer((request, response) => {
  response.writeHead(200, { "content-encoding": "gzip", "content-length": stored.length });
  response.end(stored);
});
server.listen(0, "127.0.0.1", () => {
  writeFileSync("port.new", String(server.address().port));
  renameSync("port.new", "port");
});
JS
cat > worker.js <<'JS'
const identity = { headers: { "accept-encoding": "identity" } };
const requests = [
  ["no option", {}],
  ["accept-encoding identity", identity],
  ["encodeResponseBody manual", { ...identity, encodeResponseBody: "manual" }],
];

export default {
  async test(_controller, env) {
    for (const [name, init] of requests) {
      const response = await fetch(env.ORIGIN, init);
      const { byteLength } = await response.arrayBuffer();
      const [encoding, length] = ["content-encoding", "content-length"].map((header) => response.headers.get(header));
      console.log(`${name}: ${byteLength} bytes, content-encoding ${encoding}, content-length ${length}`);
    }
  },
};
JS
node origin.mjs &
server=$!
for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
cat > config.capnp <<CAPNP
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [
  (name = "main", worker = .worker),
  (name = "internet", network = (allow = ["private", "local", "public"])),
]);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  bindings = [(name = "ORIGIN", text = "http://127.0.0.1:$(cat port)/")],
  compatibilityDate = "2026-01-01",
);
CAPNP
node_modules/@cloudflare/workerd-linux-64/bin/workerd test config.capnp > log 2>&1 || { cat log; exit 1; }
grep content-encoding log | tee seen
cat > expected <<'TEXT'
no option: 600 bytes, content-encoding gzip, content-length 32
accept-encoding identity: 600 bytes, content-encoding gzip, content-length 32
encodeResponseBody manual: 32 bytes, content-encoding gzip, content-length 32
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
