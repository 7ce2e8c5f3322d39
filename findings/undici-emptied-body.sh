#!/usr/bin/env bash
# undici: a PUT whose body loses its buffer while the request waits for a connection is sent as an empty one, with
# `content-length: 0`, and succeeds, although the caller's own header names 1000 bytes.
#
# Version: undici 7.30.2 (npm undici@7.30.2), seen with Node 20.20.2, 24.21.0 and 26.12.1; undici 8.13.1 does the same.
# Source: undici's lib/dispatcher/client-h1.js (writeH1).
# Behaviour: The length of a body is read when the request is written, not when it is dispatched. If the view is empty by then,
#   because its ArrayBuffer was transferred (to a worker) or its WebAssembly.Memory has grown, undici writes
#   `content-length: 0` in place of the header that it was given. `strictContentLength`, on by default, compares the header
#   with the body only when the body is not empty. A body that is shorter by some bytes is refused.
# Output seen:
#   body untouched: 200, the server got content-length 1000 and 1000 bytes
#   body transferred: 200, the server got content-length 0 and 0 bytes
#   body one byte shorter: UND_ERR_REQ_CONTENT_LENGTH_MISMATCH
# Why a good guess is wrong: the request has an explicit Content-Length, and undici is strict about it by default, as the third
#   line shows. So lost bytes should be an error of the client, or a broken request that the server refuses. It is a valid
#   request for an empty object, which the server stores.
# Here: packages/core/src/digest/whole-body.ts, asked by packages/node/src/request-handler.ts.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . undici@7.30.2
cat > run.mjs <<'JS'
import { once } from "node:events";
import { createServer } from "node:http";
import { Agent, request } from "undici";

/** One connection, which a first request keeps busy until `lose` has been called. */
async function put(body, lose) {
  let letGo;
  let got = "nothing";
  const server = createServer(async (incoming, response) => {
    let bytes = 0;
    for await (const chunk of incoming) bytes += chunk.length;
    if (incoming.method === "GET") await new Promise((resolve) => (letGo = resolve));
    else got = `content-length ${incoming.headers["content-length"]} and ${bytes} bytes`;
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}/`;
  const dispatcher = new Agent({ connections: 1, pipelining: 1 });
  const first = request(origin, { dispatcher });
  while (letGo === undefined) await new Promise(setImmediate);
  const sent = request(origin, { dispatcher, method: "PUT", body, headers: { "content-length": "1000" } }).then(
    async (response) => {
      await response.body.dump();
      return `${response.statusCode}, the server got ${got}`;
    },
    (error) => error.code,
  );
  lose();
  letGo();
  await (await first).body.dump();
  const outcome = await sent;
  await dispatcher.destroy();
  server.closeAllConnections();
  server.close();
  return outcome;
}

const bytes = new Uint8Array(1000).fill(7);
console.log(`body untouched: ${await put(bytes, () => {})}`);
const transferred = new Uint8Array(1000).fill(7);
const outcome = await put(transferred, () => structuredClone(transferred, { transfer: [transferred.buffer] }));
console.log(`body transferred: ${outcome}`);
console.log(`body one byte shorter: ${await put(bytes.subarray(1), () => {})}`);
JS
node run.mjs | tee seen
cat > expected <<'TEXT'
body untouched: 200, the server got content-length 1000 and 1000 bytes
body transferred: 200, the server got content-length 0 and 0 bytes
body one byte shorter: UND_ERR_REQ_CONTENT_LENGTH_MISMATCH
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
