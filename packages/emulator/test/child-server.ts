import { rmdirSync } from "node:fs";
import { startEmulator } from "../src/index.ts";

// Bundled and run as a process of its own, so that it can be killed at any moment.
const [data = "", bucket = "", gone] = process.argv.slice(2);
try {
  if (gone !== undefined) {
    process.chdir(gone);
    // Node remembers it from now on.
    process.cwd();
    rmdirSync(gone);
  }
  const { port } = await startEmulator({
    data,
    buckets: [bucket],
    credentials: [],
    anonymous: true,
    minPartSize: 1,
  });
  process.send?.({ port });
} catch (error) {
  process.send?.({ error: String(error) });
}
