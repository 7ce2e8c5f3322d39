import { startEmulator } from "../src/index.ts";

// Bundled and run as a process of its own, so that it can be killed at any moment.
const [data = "", bucket = ""] = process.argv.slice(2);
try {
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
