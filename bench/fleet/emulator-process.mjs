// node emulator-process.mjs BUCKET: an emulator in memory that counts what it stored. Started by rig.mjs.
import { startEmulator } from "@cosup/emulator";

const [bucket = ""] = process.argv.slice(2);
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
