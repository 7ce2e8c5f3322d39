import { fileCheckpoints } from "../../src/checkpoints/file-checkpoints.ts";

// Waits for a line, tries to take the lock, prints "held" or "taken", and keeps the lock until it is killed.
const [directory = "", id = ""] = process.argv.slice(2);
process.stdout.write("ready\n");
process.stdin.once("data", async () => {
  const lock = await fileCheckpoints(directory).lock(id);
  process.stdout.write(lock === undefined ? "taken\n" : "held\n");
});
