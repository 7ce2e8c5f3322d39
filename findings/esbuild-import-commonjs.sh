#!/usr/bin/env bash
# esbuild: with code splitting, import() of a CommonJS package gives no named exports, where Node gives them.
#
# Version: esbuild 0.27.7, yaml 2.9.1 (npm), Node 20.20.2.
# Source: esbuild's options `bundle`, `splitting` and `format: "esm"`; https://esbuild.github.io/api/#splitting
# Behaviour: `const { parse } = await import("yaml")` works in Node, and in a bundle without splitting. With splitting, the
#   package becomes a chunk that exports `default` alone, and `parse` is undefined. A static import of the same name works.
# Output seen:
#   node: function
#   bundle: function
#   bundle with splitting: undefined
# Why a good guess is wrong: splitting is said to move code into chunks and not to change it, the static import works with and
#   without it, and no warning is printed.
# Here: the built command line could not read the configuration of coscli, which tests of its sources did not show;
#   test/cli/keys.test.ts runs the built program.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . esbuild@0.27.7 @esbuild/linux-x64@0.27.7 yaml@2.9.1
cat > program.mjs <<'JS'
const { parse } = await import("yaml");
console.log(typeof parse);
JS
bundle=(node_modules/.bin/esbuild program.mjs --bundle --format=esm --platform=node --log-level=warning)
"${bundle[@]}" --outfile=one/program.mjs --banner:js='const require = process.getBuiltinModule;'
"${bundle[@]}" --splitting --outdir=many --out-extension:.js=.mjs --banner:js='const require = process.getBuiltinModule;'
{
  echo "node: $(node program.mjs)"
  echo "bundle: $(node one/program.mjs)"
  echo "bundle with splitting: $(node many/program.mjs)"
} | tee seen
cat > expected <<'TEXT'
node: function
bundle: function
bundle with splitting: undefined
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
