// node emulator-process.mjs BUCKET DELAY_MS: an emulator in memory that counts what it stored, and responds to each object and part
// after DELAY_MS on average. Started by rig.mjs.
import { setTimeout as sleep } from "node:timers/promises";
import { startEmulator } from "@cosup/emulator";

const [bucket = "", delayMs = "0"] = process.argv.slice(2);
/** @type {Map<string, number>} */
const stored = new Map();
const emulator = await startEmulator({
  buckets: [bucket],
  middleware: [
    async (call, next) => {
      const response = await next();
      const { operation, key } = call;
      if (response.status === 200 && (operation === "PutObject" || operation === "UploadPart")) {
        const name = `${key} ${call.query.get("partNumber") ?? ""}`;
        stored.set(name, (stored.get(name) ?? 0) + 1);
        // Not all the same: requests would end together, and a worker handle them together.
        if (delayMs !== "0") await sleep(Number(delayMs) * (0.5 + Math.random()));
      }
      return response;
    },
  ],
});
process.on("message", () => {
  let twice = 0;
  for (const times of stored.values()) twice += times - 1;
  process.send?.({ stored: stored.size, twice });
});
process.send?.({ clientOptions: emulator.clientOptions });
