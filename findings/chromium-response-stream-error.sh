#!/usr/bin/env bash
# In Chromium, `new Response(stream)` hides the error with which the stream fails.
#
# Version: Chromium 156.0.8078.108 (Debian); Node 20.20.2 beside it.
# Source: `new Response(stream).arrayBuffer()`, `.text()` and `.blob()` of a stream that fails with an error of its own.
# Behaviour: they reject with `TypeError: Failed to fetch`. The stream's own error is not its cause, and is lost.
# Output seen:
#   node: RangeError: mine, the same object: true
#   chromium: TypeError: Failed to fetch, the same object: false
# Why a good guess is wrong: the Fetch standard reads the body by the stream's reader, and rejects with the error of the
#   stream, as Node, Deno, Bun and workerd do; and nothing is fetched here. A wrapper that fails a body whose checksum is
#   wrong therefore looks like a broken line to every caller that reads it by the usual short form.
# Here: docs/browser.md tells readers to take a reader; test/contract/fixtures/bytes.ts does.
set -euo pipefail
command -v chromium > /dev/null || { echo "needs Debian's chromium"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > look.js <<'JS'
async function look(runtime) {
  const mine = new RangeError("mine");
  const stream = new ReadableStream({ pull() { throw mine; } });
  const error = await new Response(stream).arrayBuffer().catch((reason) => reason);
  return `${runtime}: ${error}, the same object: ${error === mine}`;
}
JS
echo '<!doctype html><body><script src="look.js"></script><script>look("chromium").then((line) => { document.body.textContent = line; });</script>' > page.html
node -e "$(cat look.js); look('node').then((line) => console.log(line));" > seen
HOME=$folder chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=2000 --dump-dom "file://$folder/page.html" 2> /dev/null |
  grep -o 'chromium: [^<]*' >> seen
cat seen
cat > expected <<'TEXT'
node: RangeError: mine, the same object: true
chromium: TypeError: Failed to fetch, the same object: false
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
