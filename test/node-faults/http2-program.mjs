// Does one thing over a dispatcher, and prints what its hooks and its caller were told. The argument is a job in JSON.
import { Worker } from "node:worker_threads";
import { createCos } from "@cosup/node";

// A fault of Node's HTTP/2 fills all memory, in a loop that no timer interrupts.
const guard =
  "setInterval(() => process.memoryUsage.rss() > 1e9 && process.kill(process.pid, 'SIGKILL'), 50)";
new Worker(guard, { eval: true }).unref();

const { undici, agent, endpoint, action, megabytes } = JSON.parse(process.argv[2] ?? "");
const dispatcher = undici === undefined ? undefined : new (await import(undici)).Agent(agent);
const retries = [];
const warnings = [];
const cos = createCos({
  Region: "ap-guangzhou",
  SecretId: "AKIDhttp2",
  SecretKey: "secret",
  Endpoint: `${endpoint}/{Bucket}`,
  dispatcher,
  onRetry: ({ operation, errorCode }) => retries.push(`${operation}: ${errorCode}`),
});
const object = { Bucket: "b-1250000000", Key: `http2-${action}` };
const onWarning = ({ code }) => warnings.push(code);

/** Bytes that differ from part to part. */
function bytesOf(length) {
  return new Uint8Array(length).map((_, at) => (at >> 12) * 31);
}

const actions = {
  parts: (signal) =>
    cos.uploadFile({ ...object, Body: bytesOf(megabytes * 1024 ** 2), PartSize: 8, onWarning, signal }),
  put: () => cos.putObject({ ...object, Body: bytesOf(1000), onWarning }),
  /** Aborts uploads at various instants of their bodies, and then makes one. */
  aborts: async () => {
    for (let delayMs = 10; delayMs <= 200; delayMs += 10) {
      const aborted = await actions.parts(AbortSignal.timeout(delayMs)).catch((error) => error);
      if (aborted.name !== "TimeoutError" && aborted.size === undefined) throw aborted;
    }
    return actions.parts();
  },
  append: () => cos.appendObject({ ...object, Position: 0, Data: bytesOf(1000) }),
};
const outcome = await actions[action]().then(
  ({ size, nextAppendPosition }) => size ?? nextAppendPosition,
  (error) => ({ code: error.code, message: error.message, hint: error.hint }),
);
await cos.close();
await dispatcher?.destroy();
console.log(JSON.stringify({ outcome, retries, warnings }));
