// The emulator in a separate process, so that its memory and CPU time are not the client's. Prints its port once it
// listens; ends with the pipe to its parent.
import { createWriteStream } from "node:fs";
import { startEmulator } from "@cosup/emulator";

const { data, logFile, faults } = JSON.parse(process.argv[2] ?? "{}");
const log = createWriteStream(logFile, { flags: "a" });
const emulator = await startEmulator({
  data,
  buckets: ["limits-1250000000"],
  credentials: [{ secretId: "ID", secretKey: "KEY" }],
  // Objects are read without a signature, so that our signing code does not check itself.
  anonymous: true,
  log: (line) => log.write(`${line}\n`),
  ...(faults === undefined ? {} : { faults }),
});
console.log(emulator.port);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
