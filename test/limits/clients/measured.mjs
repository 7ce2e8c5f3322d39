import process from "node:process";
import { peakRss } from "../harness/process-figures.mjs";

/** What the row asks of a client: its first argument. @returns {any} */
export function readOptions() {
  return JSON.parse(process.argv[2] ?? "{}");
}

/**
 * Runs `work` in a process that is idle after one small request: what a runtime loads and compiles once, the HTTP
 * parser above all, is not counted. Prints one line of JSON and ends.
 * @param {() => Promise<unknown>} warmUp
 * @param {() => Promise<object>} work its result joins the line
 */
export async function measured(warmUp, work) {
  await warmUp();
  const idle = process.memoryUsage().rss;
  const found = await work();
  console.log(JSON.stringify({ ...found, overIdle: peakRss("self") - idle }));
  process.exit(0);
}
