#!/usr/bin/env bash
# opendal: its COS service drops the port of an endpoint, and its OSS service, whose API is the same, keeps it.
#
# Version: opendal 0.47.11 (npm, linux-x64-gnu; the last whose binary loads on Debian 12), Node 20.20.2.
# Source: `new Operator("cos", { endpoint })` and `new Operator("oss", { endpoint })`; both put the bucket before the host.
# Behaviour: of `http://cos.example.com:9000`, the requests of "cos" go to `bucket-1250000000.cos.example.com` without a port,
#   which is port 80. Those of "oss" go to `bucket-1250000000.cos.example.com:9000`. Neither rejects the endpoint. The requests
#   are looked at in an HTTP proxy, which HTTP_PROXY names: it takes the place of the host, so that nothing is looked up.
# Output seen:
#   cos: PUT http://bucket-1250000000.cos.example.com/key
#   oss: PUT http://bucket-1250000000.cos.example.com:9000/key
# Why a good guess is wrong: one takes a custom endpoint to be a URL, port included, as every S3 client does and as the other
#   services of the same library do; an emulator or a gateway on another port than 80 is never reached, and the error names a
#   refused connection to the right host.
# Here: bench/clients/upload-opendal.mjs reaches the sink of the benchmarks as its proxy for that reason.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . opendal@0.47.11
cat > server.mjs <<'JS'
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { promisify } from "node:util";

let seen = "";
const proxy = createServer((request, response) => {
  seen = `${request.method} ${request.url}`;
  request.resume().on("end", () => response.setHeader("etag", '"e"').end());
});
await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
const HTTP_PROXY = `http://127.0.0.1:${proxy.address().port}`;
for (const service of ["cos", "oss"]) {
  await promisify(execFile)(process.execPath, ["client.cjs", service], {
    env: { PATH: process.env.PATH, HTTP_PROXY, http_proxy: HTTP_PROXY },
  });
  console.log(`${service}: ${seen}`);
}
process.exit();
JS
cat > client.cjs <<'JS'
const { Operator } = require("opendal");

const service = process.argv[2];
const keys =
  service === "cos"
    ? { secret_id: "ID", secret_key: "KEY" }
    : { access_key_id: "ID", access_key_secret: "KEY" };
const options = { root: "/", bucket: "bucket-1250000000", endpoint: "http://cos.example.com:9000", ...keys };
new Operator(service, options).write("key", Buffer.from("bytes")).then(() => process.exit(0));
JS
node server.mjs | tee seen
cat > expected <<'TEXT'
cos: PUT http://bucket-1250000000.cos.example.com/key
oss: PUT http://bucket-1250000000.cos.example.com:9000/key
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
