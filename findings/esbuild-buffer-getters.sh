#!/usr/bin/env bash
# esbuild: an ES module that imports a Buffer from a CommonJS module gets one getter for each byte of it.
#
# Version: esbuild 0.27.7 (npm esbuild@0.27.7), undici 7.30.2 (npm undici@7.30.2), Node 20.20.2.
# Source: how esbuild bundles `import` of a CommonJS module for ES modules (its `__toESM` helper, platform=node).
# Behaviour: the bundle makes an object with a getter for every property of what the CommonJS module exports, also when only
#   the default import is used. A Buffer has an own property for each byte, so a module that exports a WebAssembly binary
#   as a Buffer (undici's llhttp_simd-wasm.js) costs one closure and one property definition per byte. `require()` of the
#   same module in the same bundle makes none.
# Output seen:
#   import: 54202 getters defined
#   require: 0 getters defined
# Why a good guess is wrong: a default import looks like one reference, and tree shaking or minification do not change it.
#   Nothing fails and the bundle is not larger; the program only takes longer to start (some 60 ms here) and 9 MiB more.
# Here: packages/node/bundle-plugins.ts gives the bundler those bytes as an ES module.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . esbuild@0.27.7 undici@7.30.2
echo 'import wasm from "undici/lib/llhttp/llhttp_simd-wasm.js"; globalThis.bytes = wasm.length;' > import.mjs
echo 'globalThis.bytes = require("undici/lib/llhttp/llhttp_simd-wasm.js").length;' > require.cjs
cat > count.cjs <<'JS'
// Counts the getters that a bundle defines while it is loaded.
const { defineProperty } = Object;
let getters = 0;
Object.defineProperty = (target, name, descriptor) => {
  if (descriptor.get !== undefined && /^\d+$/.test(String(name))) getters += 1;
  return defineProperty(target, name, descriptor);
};
process.on("exit", () => {
  if (!(globalThis.bytes > 0)) throw new Error("the module exported nothing");
  const text = getters === globalThis.bytes ? "one getter per byte" : `${getters} getters`;
  console.log(`${process.env.NAME}: ${text}`);
  console.error(`${process.env.NAME}: ${getters} getters defined`);
});
JS
bundle() { node_modules/.bin/esbuild "$1" --bundle --minify --platform=node --outfile="$2" --log-level=error "${@:3}"; }
bundle import.mjs import.out.mjs --format=esm --banner:js='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
bundle require.cjs require.out.cjs --format=cjs
: > seen
NAME=import node --require ./count.cjs import.out.mjs >> seen
NAME=require node --require ./count.cjs require.out.cjs >> seen
cat > expected <<'TEXT'
import: one getter per byte
require: 0 getters
TEXT
if cmp -s seen expected; then echo "as described"; else cat seen; echo "CHANGED"; exit 1; fi
