#!/usr/bin/env bash
# cos-nodejs-sdk-v5: paging through object versions by the names of its own types asks for the first page again.
#
# Version: cos-nodejs-sdk-v5 3.0.0 (npm cos-nodejs-sdk-v5@3.0.0), Node 20.20.2.
# Source: `listObjectVersions()` of the SDK, and ListObjectVersionsParams and ListObjectVersionsResult in its index.d.ts.
# Behaviour: the types name the place to go on from `Marker`, and that of the next page `NextMarker`. The method sends
#   neither: it reads `KeyMarker`, which the types do not have, and COS's response contains `NextKeyMarker`. A program that
#   the compiler accepts therefore sends no key-marker, and reads undefined as the next one.
# Output seen:
#   declared names: Marker, NextMarker
#   with Marker: no key-marker
#   with KeyMarker: key-marker=a.txt
#   in the result: NextKeyMarker
# Why a good guess is wrong: types that a vendor ships with its own code look like the contract, and listObjects() of the
#   same SDK does use Marker and NextMarker. A loop by these names never leaves the first page.
# Here: test/interop pages through versions of the emulator with the names that the code reads.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . cos-nodejs-sdk-v5@3.0.0
cat > page.cjs <<'JS'
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const COS = require("cos-nodejs-sdk-v5");

const body = `<?xml version="1.0"?><ListVersionsResult><Name>b-1250000000</Name><Prefix/><KeyMarker/><MaxKeys>1</MaxKeys>
<IsTruncated>true</IsTruncated><NextKeyMarker>a.txt</NextKeyMarker><NextVersionIdMarker>v1</NextVersionIdMarker>
<Version><Key>a.txt</Key><VersionId>v1</VersionId><IsLatest>true</IsLatest><Size>1</Size></Version></ListVersionsResult>`;

async function main() {
  const types = readFileSync(require.resolve("cos-nodejs-sdk-v5/index.d.ts"), "utf8");
  // The first marker of an interface, which ends at a brace of its own indentation.
  const declared = (name) =>
    /\b(\w*Marker)\?:/.exec(types.slice(types.indexOf(`interface ${name} `)).split("\n  }")[0])?.[1];
  console.log(`declared names: ${declared("ListObjectVersionsParams")}, ${declared("ListObjectVersionsResult")}`);
  const queries = [];
  const server = createServer((request, response) => {
    queries.push(new URL(request.url, "http://localhost").searchParams);
    response.setHeader("content-type", "application/xml");
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cos = new COS({ SecretId: "id", SecretKey: "key", Protocol: "http:", Ip: `127.0.0.1:${server.address().port}` });
  const place = { Bucket: "b-1250000000", Region: "ap-guangzhou" };
  const sent = () => {
    const marker = queries.at(-1).get("key-marker");
    return marker === null || marker === "" ? "no key-marker" : `key-marker=${marker}`;
  };
  const first = await cos.listObjectVersions({ ...place, Marker: "a.txt" });
  console.log(`with Marker: ${sent()}`);
  await cos.listObjectVersions({ ...place, KeyMarker: "a.txt" });
  console.log(`with KeyMarker: ${sent()}`);
  console.log(`in the result: ${Object.keys(first).filter((name) => /^Next(Key)?Marker$/.test(name)).join(", ")}`);
  server.close();
  server.closeAllConnections();
}

main();
JS
node page.cjs > seen 2>/dev/null
cat seen
cat > expected <<'TEXT'
declared names: Marker, NextMarker
with Marker: no key-marker
with KeyMarker: key-marker=a.txt
in the result: NextKeyMarker
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
