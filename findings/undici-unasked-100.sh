#!/usr/bin/env bash
# undici skips an unasked 102 or 103, and ends the connection at an unasked 100 Continue.
#
# Version: undici 7.30.2 (npm undici@7.30.2), on Node 20.20.2.
# Source: undici's HTTP/1.1 client, Agent.request().
# Behaviour: A server sends an interim response and then 200 to a plain GET. With 102 Processing or 103 Early Hints,
#   the call returns the 200. With 100 Continue, the call rejects with UND_ERR_SOCKET "bad response" and the connection
#   is closed, although the final response is already there.
# Output seen:
#   100 Continue: UND_ERR_SOCKET bad response
#   102 Processing: 200
#   103 Early Hints: 200
# Why a good guess is wrong: HTTP (RFC 9110, 15.2) has a client parse any number of interim responses, whether it
#   expects them or not, and lets it discard a 100 that it did not ask for. undici follows that rule
#   for 102 and 103 only.
# Here: UND_ERR_SOCKET counts as a connection that was reset, so that the outcome of the request is unknown.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . undici@7.30.2
cat > observe.mjs <<'JS'
import net from "node:net";
import { Agent } from "undici";

async function afterInterim(status) {
  const server = net.createServer((peer) => {
    peer.on("error", () => {});
    peer.once("data", () =>
      peer.write(`HTTP/1.1 ${status}\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok`),
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const agent = new Agent();
  try {
    const origin = `http://127.0.0.1:${server.address().port}`;
    const { statusCode, body } = await agent.request({ origin, path: "/", method: "GET" });
    await body.text();
    return String(statusCode);
  } catch (error) {
    return `${error.code} ${error.message}`;
  } finally {
    await agent.destroy();
    server.close();
  }
}

for (const status of ["100 Continue", "102 Processing", "103 Early Hints"]) {
  console.log(`${status}: ${await afterInterim(status)}`);
}
JS
node observe.mjs | tee seen
cat > expected <<'TEXT'
100 Continue: UND_ERR_SOCKET bad response
102 Processing: 200
103 Early Hints: 200
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
