// Runs the suite in a Worker: POST the settings, get one verdict per line as they come.
import { createWorkersRuntime } from "../../packages/workers/src/runtime.ts";
import type { Settings } from "./contract.ts";
import { runSuite } from "./run-suite.ts";
import { suite } from "./suite.ts";

const MEMORY_BUDGET = 40 * 1024 * 1024;

function newRuntime() {
  return createWorkersRuntime({ memoryBudget: MEMORY_BUDGET, subrequestBudget: undefined }).runtime;
}

async function run(settings: Settings, writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
  const encoder = new TextEncoder();
  for await (const verdict of runSuite(suite, newRuntime, settings)) {
    await writer.write(encoder.encode(`${JSON.stringify(verdict)}\n`));
  }
  await writer.close();
}

// biome-ignore lint/style/noDefaultExport: this is how workerd finds a Worker's handlers
export default {
  async fetch(request: Request): Promise<Response> {
    const settings = (await request.json()) as Settings;
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    void run(settings, writable.getWriter());
    return new Response(readable);
  },
};
