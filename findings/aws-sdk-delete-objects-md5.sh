#!/usr/bin/env bash
# AWS SDK for JavaScript: DeleteObjects carries a CRC32 in place of Content-MD5, whatever the client is told to require.
#
# Version: @aws-sdk/client-s3 3.1173.0 (npm @aws-sdk/client-s3@3.1173.0), Node 20.20.2.
# Source: DeleteObjectsCommand of the SDK, and the client's option `requestChecksumCalculation`.
# Behaviour: With `requestChecksumCalculation: "WHEN_REQUIRED"`, PutObject carries no checksum, and DeleteObjects carries
#   x-amz-checksum-crc32 and no Content-MD5, as without the option. `ChecksumAlgorithm: "MD5"` among the parameters of the
#   command makes it a Content-MD5.
# Output seen:
#   PutObject: none
#   DeleteObjects: x-amz-checksum-crc32
#   DeleteObjects with ChecksumAlgorithm MD5: content-md5
# Why a good guess is wrong: WHEN_REQUIRED is the known way to use this SDK with stores that are not S3, and it ends the CRC32
#   of an upload. For DeleteObjects a checksum *is* required, so the option changes nothing; stores that took the S3 API
#   over from before 2025, COS among them, require Content-MD5 and refuse the request.
# Here: packages/emulator refuses it as COS does, and its README shows how to add the header; test/interop does the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . @aws-sdk/client-s3@3.1173.0
cat > observe.mjs <<'JS'
import { createServer } from "node:http";
import { DeleteObjectsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

let sent = "nothing";
const server = createServer((request, response) => {
  const names = Object.keys(request.headers).filter((name) => /^(content-md5|x-amz-checksum-.*)$/.test(name));
  sent = names.join(", ") || "none";
  request.resume().on("end", () => {
    response.setHeader("content-type", "application/xml");
    response.end(request.method === "POST" ? '<?xml version="1.0"?><DeleteResult/>' : "");
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const s3 = new S3Client({
  region: "ap-guangzhou",
  endpoint: `http://127.0.0.1:${server.address().port}`,
  forcePathStyle: true,
  credentials: { accessKeyId: "id", secretAccessKey: "key" },
  requestChecksumCalculation: "WHEN_REQUIRED",
});
const parameters = { Bucket: "b", Delete: { Objects: [{ Key: "a" }] } };
const commands = {
  PutObject: new PutObjectCommand({ Bucket: "b", Key: "a", Body: "hello" }),
  DeleteObjects: new DeleteObjectsCommand(parameters),
  "DeleteObjects with ChecksumAlgorithm MD5": new DeleteObjectsCommand({ ...parameters, ChecksumAlgorithm: "MD5" }),
};
for (const [name, command] of Object.entries(commands)) {
  await s3.send(command);
  console.log(`${name}: ${sent}`);
}
s3.destroy();
server.close();
server.closeAllConnections();
JS
node observe.mjs 2> warnings > seen || { cat warnings; exit 1; }
cat seen
cat > expected <<'TEXT'
PutObject: none
DeleteObjects: x-amz-checksum-crc32
DeleteObjects with ChecksumAlgorithm MD5: content-md5
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
