// A worker in a process of its own: node worker-process.mjs '{"redis": …, "cos": …}'. Uses the built package, as users do.
// `poison`: the process kills itself when it sends an object whose key contains this text.
import { createCos } from "@cosup/node";
import { startWorker } from "../../dist/index.js";

const { redis, cos: options, poison, drainMs, concurrency = 8 } = JSON.parse(process.argv[2] ?? "{}");
const cos = createCos(options);
if (poison !== undefined) {
  for (const name of ["putObject", "uploadFile"]) {
    const send = cos[name].bind(cos);
    cos[name] = (parameters) => {
      if (parameters.Key.includes(poison)) process.kill(process.pid, "SIGKILL");
      return send(parameters);
    };
  }
}
const worker = startWorker({
  connection: redis,
  cos: poison === undefined ? options : cos,
  concurrency,
  drainMs,
  handleSignals: true,
  onEvent: (event) => process.connected && process.send(event),
});
await worker.ready;
process.send({ type: "ready" });
await worker.closed;
process.disconnect();
