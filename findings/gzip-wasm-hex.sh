#!/usr/bin/env bash
# A WebAssembly module in hexadecimal is a smaller download than the same module in base64.
#
# Version: the modules of source-map 0.7.6 and undici 7.30.2 (npm), compressed with the zlib of Node 20.20.2 and 24.21.0.
# Source: gzip (level 9) as servers and Workers' size limits apply it, over `Buffer.toString("hex")` and `"base64"`.
# Behaviour: In hexadecimal a module is half as long again as in base64, and after gzip more than a tenth smaller. For random
#   bytes it is the other way round. Phrases of 12 bytes, a multiple of 3, in random order favour base64, and phrases of 13
#   bytes hexadecimal: gzip finds a repetition only if it has the same text again. In base64 the text of a byte depends on
#   its position modulo 3; in hexadecimal it does not.
# Output seen (bytes after gzip, hexadecimal and base64, the same in both versions of Node):
#   source-map: hex smaller than base64 by a tenth or more               (20025 and 24273)
#   undici: hex smaller than base64 by a tenth or more                   (19899 and 23982)
#   phrases of 12 bytes: hex larger                                      (8344 and 7429)
#   phrases of 13 bytes: hex smaller than base64 by a tenth or more      (8794 and 10997)
#   random bytes: hex larger                                             (54154 and 50260)
# Why a good guess is wrong: base64 adds a third and hexadecimal doubles, and bundlers embed binaries as base64 for that
#   reason. What is downloaded, and what a size limit counts, is the compressed text.
# Here: packages/core/scripts/embed-wasm.mjs writes the digest module in hexadecimal.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . source-map@0.7.6 undici@7.30.2
cat > observe.cjs <<'JS'
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { gzipSync } = require("node:zlib");

/** The same pseudo-random bytes in every run. */
function randomBytes(length, seed) {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => createHash("sha256").update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

/** 4,000 phrases, each one of 64. */
function phrases(length) {
  const all = Array.from({ length: 64 }, (_, i) => randomBytes(length, `phrase ${i}`));
  return Buffer.concat([...randomBytes(4000, "order")].map((byte) => all[byte % 64]));
}

const subjects = {
  "source-map": readFileSync(require.resolve("source-map/lib/mappings.wasm")),
  undici: require("undici/lib/llhttp/llhttp-wasm.js"),
  "phrases of 12 bytes": phrases(12),
  "phrases of 13 bytes": phrases(13),
  "random bytes": randomBytes(50_000, "bytes"),
};
for (const [name, bytes] of Object.entries(subjects)) {
  const [hex, base64] = ["hex", "base64"].map((form) => gzipSync(bytes.toString(form), { level: 9 }).length);
  console.error(`${name}: ${bytes.length} bytes, after gzip ${hex} as hex, ${base64} as base64`);
  const smaller = hex < 0.9 * base64 ? "hex smaller than base64 by a tenth or more" : "about the same";
  console.log(`${name}: ${hex > base64 ? "hex larger" : smaller}`);
}
JS
node observe.cjs | tee seen
cat > expected <<'TEXT'
source-map: hex smaller than base64 by a tenth or more
undici: hex smaller than base64 by a tenth or more
phrases of 12 bytes: hex larger
phrases of 13 bytes: hex smaller than base64 by a tenth or more
random bytes: hex larger
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
