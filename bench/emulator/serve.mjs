// An emulator in a process of its own: `serve.mjs MODULE JSON-of-options`. Tells its parent when it is ready, and on request
// what it has used so far.
import { pathToFileURL } from "node:url";

const [module = "", options = "{}"] = process.argv.slice(2);
const { startEmulator } = await import(pathToFileURL(module).href);
const began = performance.now();
const emulator = await startEmulator(JSON.parse(options));
process.send?.({ port: emulator.port, startMs: performance.now() - began, rss: process.memoryUsage.rss() });

process.on("message", async (message) => {
  if (message === "usage") process.send?.({ ...process.memoryUsage(), cpu: process.cpuUsage() });
  if (message !== "close") return;
  await emulator.close();
  process.disconnect();
});
