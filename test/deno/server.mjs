// The emulator for the Deno tests. The first folder of a key selects a fault; tests can read its log.
import { createServer } from "node:http";
import { HangUp, startEmulator } from "../../packages/emulator/dist/index.js";

/** Parts that the adapter sends at once. */
const AT_ONCE = 5;

/** Starts it on free ports of the loopback. */
export async function startServer(data) {
  const log = new Map();
  const broken = new Set();
  let silenced = 0;
  const watch = async (call, next) => {
    const entries = log.get(call.key) ?? [];
    entries.push(call.operation);
    log.set(call.key, entries);
    const carries = call.operation === "UploadPart" || call.operation === "PutObject";
    if (carries && call.key.startsWith("slow/")) await new Promise((resolve) => setTimeout(resolve, 150));
    // As many parts as there are at once get no response, so that an upload stands still until it is killed.
    if (call.key.startsWith("stuck/") && Number(call.query.get("partNumber")) > 20 && silenced < AT_ONCE) {
      silenced += 1;
      throw new HangUp("silence");
    }
    if (carries && call.key.startsWith("reset/") && !broken.has(call.key)) {
      broken.add(call.key);
      throw new HangUp("reset");
    }
    if (carries && call.key.startsWith("silent/")) throw new HangUp("silence");
    return next();
  };
  const emulator = await startEmulator({
    data,
    buckets: ["test-1250000000"],
    credentials: [{ secretId: "id", secretKey: "key" }],
    // For a client whose "MB" is 1 KiB.
    minPartSize: 1_024,
    middleware: [watch],
  });
  const control = createServer((request, response) => {
    const key = decodeURIComponent((request.url ?? "/").slice(1));
    response.end(JSON.stringify(log.get(key) ?? []));
  });
  await new Promise((resolve) => control.listen(0, "127.0.0.1", resolve));
  return {
    url: emulator.url,
    control: `http://127.0.0.1:${control.address().port}`,
    close: async () => {
      control.closeAllConnections();
      control.close();
      await emulator.close();
    },
  };
}
