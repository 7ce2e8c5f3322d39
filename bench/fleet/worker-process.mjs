// A worker. Started by rig.mjs with its options as JSON. `null: true`: its client sends nothing, so that what remains is the
// work of the queue.
import { CosClient, createCos } from "@cosup/node";
import { fleet } from "./rig.mjs";

const {
  connection,
  cos: options,
  concurrency = 16,
  isNull = false,
  events = [],
} = JSON.parse(process.argv[2] ?? "{}");

class NullClient extends CosClient {
  async uploadFile() {
    return {
      size: 4096,
      crc64: "1234567890123456789",
      ETag: '"00000000000000000000000000000000"',
      skipped: false,
    };
  }
}
const client = createCos(options);
if (isNull) Object.setPrototypeOf(client, NullClient.prototype);
const worker = fleet.startWorker({
  connection,
  cos: isNull ? client : options,
  concurrency,
  handleSignals: true,
  onEvent: (event) => events.includes(event.type) && process.send?.(event),
});
await worker.ready;
process.send?.({ type: "ready" });
await worker.closed;
process.disconnect?.();
