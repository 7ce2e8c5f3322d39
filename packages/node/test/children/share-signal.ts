import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { withDescriptor } from "@cosup/core/files";
import { onAbort } from "@cosup/core/runtime";
import { createCos } from "../../src/index.ts";

// For each kind of call: makes many calls in parallel with one signal, aborts them, and prints the warnings of Node.
const warnings: string[] = [];
process.on("warning", ({ name }) => warnings.push(name));

/** More than the ten listeners that Node allows a signal. */
const CALLS = 40;

let requests = 0;
const server = createServer(({ url }, response) => {
  requests += 1;
  // Everything else gets no response.
  if (url?.endsWith("/busy")) response.writeHead(503, { "x-cos-request-id": "r" }).end();
});
await once(server.listen(0, "127.0.0.1"), "listening");
const Endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/{Bucket}`;
const Bucket = "demo-1250000000";

function client(): ReturnType<typeof createCos> {
  return createCos({ Endpoint, SecretId: "AKIDsignal", SecretKey: "key" });
}

let reads = 0;
function silentStream(): Readable {
  return new Readable({
    read: () => {
      reads += 1;
    },
  });
}

type Cos = ReturnType<typeof createCos>;
const KINDS: Record<string, (cos: Cos, Key: string, signal: AbortSignal) => Promise<unknown>> = {
  "a request under way": (cos, Key, signal) => cos.putObject({ Bucket, Key, Body: "x", signal }),
  "a pause before a retry": (cos, _Key, signal) => cos.headObject({ Bucket, Key: "busy", signal }),
  "an object being read": (cos, Key, signal) => cos.getObject({ Bucket, Key, signal }),
  "parts of an upload": (cos, Key, signal) =>
    cos.uploadFile({ Bucket, Key, Body: new Blob([new Uint8Array(2 ** 20 + 1)]), PartSize: 1, signal }),
  "a stream that gives nothing": (cos, Key, signal) =>
    cos.uploadFile({ Bucket, Key, Body: silentStream(), signal }),
  "a part buffer that is not free": (cos, Key, signal) =>
    cos.putObject({ Bucket, Key, Body: new Blob([new Uint8Array(16 * 2 ** 20)]), signal }),
  "a file descriptor that is not free": (_cos, _Key, signal) => withDescriptor(noDescriptor, signal),
};

let refusals = 0;
function noDescriptor(): Promise<never> {
  refusals += 1;
  return Promise.reject(Object.assign(new Error("EMFILE"), { code: "EMFILE" }));
}

for (const [kind, call] of Object.entries(KINDS)) {
  warnings.length = 0;
  const controller = new AbortController();
  const { signal } = controller;
  // The caller listens as well, which must cause no warning.
  onAbort(signal, () => {});
  const cos = client();
  const before = requests + reads + refusals;
  const calls = Array.from({ length: CALLS }, (_, index) => call(cos, `k${index}`, signal).catch(() => {}));
  while (requests + reads + refusals < before + 4) await setTimeout(10);
  await setTimeout(200);
  controller.abort();
  await Promise.all(calls);
  await cos.close();
  process.stdout.write(`${kind}: ${warnings.join(" ") || "no warning"}\n`);
}
server.closeAllConnections();
server.close();
process.stdin.destroy();
