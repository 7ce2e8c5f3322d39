#!/usr/bin/env bash
# In Bun and Deno, `opendir()` of node:fs opens nothing: the first read opens whatever has the name by then.
#
# Version: Bun 1.4.5 (npm @oven/bun-linux-x64@1.4.5) and Deno 2.9.6 (npm @deno/linux-x64-glibc@2.9.6). Node 20.20.2 and
#   24.21.0 open the directory at the call.
# Source: `fs.promises.opendir()`, of Node's document, as Bun and Deno implement it.
# Behaviour: A program opens a directory, the directory is renamed, and another one takes its name. Node reads the entries
#   of the directory that was opened; Bun and Deno read those of the other one. When nothing has the name any more, Node
#   still reads the entries, and Bun and Deno fail at the first read with ENOENT. A name that does not exist is refused at
#   the call in all three, so that the call looks as if it opened the directory.
# Output seen:
#   node: missing ENOENT at the call, replaced old.txt, renamed old.txt
#   bun: missing ENOENT at the call, replaced new.txt, renamed ENOENT at the read
#   deno: missing ENOENT at the call, replaced new.txt, renamed ENOENT at the read
# Why a good guess is wrong: a Dir stands for an open directory, as fdopendir() and its close() say, and the failed call for
#   a missing name seems to confirm it. To hold a directory open is how a program guards itself against exchanged names.
# Here: packages/node/src/file-system.ts opens a directory by the path of its descriptor, which is closed after opendir():
#   in Bun it reads the names at once instead. packages/deno reads with Deno.readDir.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . @oven/bun-linux-x64@1.4.5 @deno/linux-x64-glibc@2.9.6
cat > observe.mjs <<'JS'
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { opendir } from "node:fs/promises";

function make(directory, file) {
  mkdirSync(directory);
  writeFileSync(`${directory}/${file}`, "");
}

async function firstName(directory) {
  try {
    return (await directory.read())?.name ?? "no entry";
  } catch (error) {
    return `${error.code} at the read`;
  } finally {
    await directory.close().catch(() => {});
  }
}

const root = mkdtempSync("observe-");
make(`${root}/replaced`, "old.txt");
make(`${root}/renamed`, "old.txt");
const missing = await opendir(`${root}/missing`).then(firstName, (error) => `${error.code} at the call`);
const replaced = await opendir(`${root}/replaced`);
renameSync(`${root}/replaced`, `${root}/replaced.before`);
make(`${root}/replaced`, "new.txt");
const renamed = await opendir(`${root}/renamed`);
renameSync(`${root}/renamed`, `${root}/renamed.before`);
console.log(`missing ${missing}, replaced ${await firstName(replaced)}, renamed ${await firstName(renamed)}`);
JS
{
  echo "node: $(node observe.mjs)"
  echo "bun: $(node_modules/@oven/bun-linux-x64/bin/bun observe.mjs)"
  echo "deno: $(DENO_DIR="$folder/deno" node_modules/@deno/linux-x64-glibc/deno run --quiet --allow-all observe.mjs)"
} | tee seen
cat > expected <<'TEXT'
node: missing ENOENT at the call, replaced old.txt, renamed old.txt
bun: missing ENOENT at the call, replaced new.txt, renamed ENOENT at the read
deno: missing ENOENT at the call, replaced new.txt, renamed ENOENT at the read
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
