#!/usr/bin/env bash
# In workerd, util.debuglog() is on for every section, although NODE_DEBUG is not set.
#
# Version: workerd 1.20261117.1 (npm @cloudflare/workerd-linux-64@1.20261117.1), compatibility date 2026-01-01 with
#   nodejs_compat; Node 20.20.2 beside it.
# Source: `util.debuglog(section)` of node:util.
# Behaviour: `debuglog("stream").enabled` is true, and what the function gets is printed to the log of the Worker. The same
#   module in Node prints nothing.
# Output seen:
#   node: enabled false
#   workerd: enabled true
#   workerd: STREAM: chunk of 3 bytes
# Why a good guess is wrong: in Node, debuglog() returns a function that does nothing unless NODE_DEBUG names the section.
#   Libraries therefore call it on their hot paths. readable-stream 2 and 3 give it whole chunks, so that in a Worker the
#   bytes of users' bodies are written to the log, as numbers: 17,000 lines in one run of a test suite with small bodies.
# Here: tools/runtimes/launch.mjs leaves these lines out of what the contract suite prints.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . @cloudflare/workerd-linux-64@1.20261117.1
cat > look.mjs <<'JS'
import { debuglog } from "node:util";

export function look(runtime) {
  const debug = debuglog("stream");
  console.log(`${runtime}: enabled ${debug.enabled}`);
  debug("chunk of %d bytes", 3);
}
JS
echo 'import { look } from "./look.mjs"; export default { test: () => look("workerd") };' > worker.mjs
cat > config.capnp <<'CAPNP'
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "look.mjs", esModule = embed "look.mjs"),
  ],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_compat"],
);
CAPNP
unset NODE_DEBUG
node --input-type=module -e 'import { look } from "./look.mjs"; look("node");' > seen 2>&1
node_modules/@cloudflare/workerd-linux-64/bin/workerd test config.capnp > log 2>&1 || { cat log; exit 1; }
grep -oE "enabled (true|false)|STREAM: .*bytes" log | sed 's/^/workerd: /' >> seen
cat seen
cat > expected <<'TEXT'
node: enabled false
workerd: enabled true
workerd: STREAM: chunk of 3 bytes
TEXT
if cmp -s seen expected; then echo "as described"; else echo "CHANGED"; exit 1; fi
