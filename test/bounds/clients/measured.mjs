import process from "node:process";
import { peakRss } from "../harness/process-figures.mjs";

/** What the row asks of a client: its first argument. @returns {any} */
export function readOptions() {
  return JSON.parse(process.argv[2] ?? "{}");
}

/**
 * Runs `work` in a process that has loaded everything and done nothing yet; prints one line of JSON and ends.
 * @param {() => Promise<object>} work its result joins the line
 */
export async function measured(work) {
  const idle = process.memoryUsage().rss;
  const found = await work();
  console.log(JSON.stringify({ ...found, overIdle: peakRss("self") - idle }));
  process.exit(0);
}
