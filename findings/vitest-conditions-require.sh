#!/usr/bin/env bash
# vitest: `ssr.resolve.conditions` decide what `require()` loads in packages that vitest does not transform.
#
# Version: vitest 4.1.12 with vite 8.3.8 (npm vitest@4.1.12 and vite@8.3.8), Node 20.20.2.
# Source: Vite's options `ssr.resolve.conditions` and `ssr.resolve.externalConditions`, and how vitest starts its workers.
# Behaviour: vitest passes `ssr.resolve.conditions` to the Node process of the tests as `--conditions`, so Node applies them
#   to each import and require() of external packages. With "import" among them, a CommonJS package that requires one with
#   both forms is given the ES module. `ssr.resolve.externalConditions` changes nothing there.
# Output seen:
#   conditions node: CommonJS
#   conditions node, import: ES module
#   externalConditions node, import: CommonJS
# Why a good guess is wrong: Vite's document says of `conditions` that they affect only packages that are not external,
#   and names `externalConditions` for the others. "import" is one of the conditions that an import is resolved with
#   anyway, so that listing it looks harmless, also for a require() deep in a dependency.
# Here: vitest.config.ts lists "import" for the packages' own tests, and not for those of the integrations.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . vitest@4.1.12 vite@8.3.8
# `both` has an ES module and a CommonJS form, as many packages do; `caller` is a CommonJS package that requires it.
mkdir node_modules/both node_modules/caller
cat > node_modules/both/package.json <<'JSON'
{ "name": "both", "version": "1.0.0", "exports": { "import": "./both.mjs", "require": "./both.cjs" } }
JSON
echo 'export const form = "ES module";' > node_modules/both/both.mjs
echo 'exports.form = "CommonJS";' > node_modules/both/both.cjs
echo '{ "name": "caller", "version": "1.0.0", "main": "caller.cjs" }' > node_modules/caller/package.json
echo 'exports.form = require("both").form;' > node_modules/caller/caller.cjs
cat > form.test.mjs <<'JS'
import { writeFileSync } from "node:fs";
import { form } from "caller";
import { test } from "vitest";

test("writes which form its dependency got", () => writeFileSync("form", form));
JS
observe() {
  echo "export default { ssr: { resolve: { $2 } } };" > vitest.config.mjs
  node_modules/.bin/vitest run > log 2>&1 || { cat log; exit 1; }
  echo "$1: $(cat form)"
  rm form
}
{
  observe "conditions node" 'conditions: ["node"]'
  observe "conditions node, import" 'conditions: ["node", "import"]'
  observe "externalConditions node, import" 'externalConditions: ["node", "import"]'
} > seen
cat seen
cat > expected <<'TEXT'
conditions node: CommonJS
conditions node, import: ES module
externalConditions node, import: CommonJS
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
