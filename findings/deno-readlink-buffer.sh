#!/usr/bin/env bash
# In Deno, `readlink(path, "buffer")` of node:fs returns text, and `{ encoding: "buffer" }` returns no Buffer.
#
# Version: Deno 2.9.6 (npm @deno/linux-x64-glibc@2.9.6). Node 20.20.2 and 24.21.0, and Bun 1.4.5, do not do this.
# Source: `fs.readlink()`, `fs.readlinkSync()` and `fs.promises.readlink()` of Node's document, as Deno implements them.
# Behaviour: With the encoding "buffer" as the second argument, Deno returns a string, as if no encoding were given. As the
#   property of an options object it is heard, and gives a plain Uint8Array. `fs.readdir()` returns Buffers for both forms.
# Output seen:
#   node: readlink string form Buffer "target", object form Buffer "target", readdir Buffer, Buffer
#   deno: readlink string form String "target", object form Uint8Array "116,97,114,103,101,116", readdir Buffer, Buffer
# Why a good guess is wrong: the two forms mean the same everywhere in Node's fs, and Deno's own types promise a Buffer for
#   both. Code that calls toString("utf8") runs with all three results, and for a Uint8Array it reads the numbers of the
#   bytes as the path: no error, only a path that nobody has.
# Here: packages/deno/sources/pinned.ts reads the path of a descriptor as text. packages/node/src/sources/descriptor-path.ts
#   compares bytes, and is for Node and Bun alone.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . @deno/linux-x64-glibc@2.9.6
mkdir links
ln -s target links/link
cat > observe.mjs <<'JS'
import { promises, readdirSync, readlink, readlinkSync } from "node:fs";
import { promisify } from "node:util";

const kind = (value) => value.constructor.name;
const shown = (value) => `${kind(value)} ${JSON.stringify(value.toString("utf8"))}`;

/** What all three ways of calling readlink return, which must be the same. */
async function read(form) {
  const path = "links/link";
  const all = [readlinkSync(path, form), await promises.readlink(path, form), await promisify(readlink)(path, form)];
  const texts = new Set(all.map(shown));
  return [...texts].join(" or ");
}

const [text, object] = [await read("buffer"), await read({ encoding: "buffer" })];
const names = ["buffer", { encoding: "buffer" }].map((form) => kind(readdirSync("links", form)[0]));
console.log(`readlink string form ${text}, object form ${object}, readdir ${names.join(", ")}`);
JS
{
  echo "node: $(node observe.mjs)"
  echo "deno: $(DENO_DIR="$folder/deno" node_modules/@deno/linux-x64-glibc/deno run --quiet --allow-all observe.mjs)"
} | tee seen
cat > expected <<'TEXT'
node: readlink string form Buffer "target", object form Buffer "target", readdir Buffer, Buffer
deno: readlink string form String "target", object form Uint8Array "116,97,114,103,101,116", readdir Buffer, Buffer
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
