// The emulator in a separate process. `emulator-child.mjs DATA LOG TOKEN` writes one line per request to LOG.
import { createWriteStream } from "node:fs";
import { startEmulator } from "../../packages/emulator/dist/index.js";

const [data, logFile, controlToken] = process.argv.slice(2);
const log = createWriteStream(logFile, { flags: "a" });
const emulator = await startEmulator({
  data,
  buckets: ["demo-1250000000"],
  credentials: [{ secretId: "ID", secretKey: "KEY" }],
  faults: true,
  controlToken,
  log: (line) => log.write(`${line}\n`),
});
console.log(emulator.port);
process.on("SIGTERM", async () => {
  await emulator.close();
  process.exit(0);
});
