#!/usr/bin/env bash
# In Bun, taking and releasing a reader of blob.stream() counts as reading it.
#
# Version: Bun 1.4.5 (npm @oven/bun-linux-x64@1.4.5). Node 20.20.2, Deno 2.9.6 and workerd 1.20261117.1 do not do this.
# Source: Blob.prototype.stream() and the Response constructor.
# Behaviour: After getReader() and releaseLock(), without a read, the stream of a Blob is not locked, and yet
#   `new Response(stream)` throws a TypeError that calls it disturbed or locked. A ReadableStream that the program
#   made itself is accepted after the same two calls.
# Output seen:
#   Blob's stream: locked false, refused with TypeError
#   own stream: locked false, read 5 bytes
# Why a good guess is wrong: By the Streams standard a stream is disturbed once it has been read or cancelled; a
#   reader that was released without a read leaves it as it was. `locked` agrees with the standard, so that a program
#   that checks it first is still refused.
# Here: test/contract/consumed-web-streams.contract.ts runs in Bun too, on streams that the test makes itself.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . @oven/bun-linux-x64@1.4.5
cat > observe.mjs <<'JS'
const own = () =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("hello"));
      controller.close();
    },
  });

async function afterRelease(stream) {
  stream.getReader().releaseLock();
  const { locked } = stream;
  try {
    const bytes = await new Response(stream).arrayBuffer();
    return `locked ${locked}, read ${bytes.byteLength} bytes`;
  } catch (error) {
    return `locked ${locked}, refused with ${error.name}`;
  }
}

const ofBlob = await afterRelease(new Blob(["hello"]).stream());
const ofOwn = await afterRelease(own());
console.log(`Blob's stream: ${ofBlob}`);
console.log(`own stream: ${ofOwn}`);
process.exit();
JS
node_modules/@oven/bun-linux-x64/bin/bun observe.mjs | tee seen
cat > expected <<'TEXT'
Blob's stream: locked false, refused with TypeError
own stream: locked false, read 5 bytes
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
