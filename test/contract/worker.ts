// Runs the suite in a Worker: POST the settings, get one verdict per line as they come.
import { createWorkersRuntime } from "../../packages/workers/src/runtime.ts";
import type { Settings, StreamModules } from "./contract.ts";
import { runSuite } from "./run-suite.ts";
import { casesNamed } from "./suite.ts";

const MEMORY_BUDGET = 40 * 1024 * 1024;

function newRuntime() {
  return createWorkersRuntime({ memoryBudget: MEMORY_BUDGET, subrequestBudget: undefined }).runtime;
}

async function run(
  settings: Settings,
  modules: StreamModules,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  const encoder = new TextEncoder();
  for await (const verdict of runSuite(casesNamed(settings.only), newRuntime, settings, modules)) {
    await writer.write(encoder.encode(`${JSON.stringify(verdict)}\n`));
  }
  await writer.close();
}

/** The handlers of a Worker that runs the suite. */
export function workerOf(modules: StreamModules): { fetch(request: Request): Promise<Response> } {
  return {
    async fetch(request) {
      const settings = (await request.json()) as Settings;
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      void run(settings, modules, writable.getWriter());
      return new Response(readable);
    },
  };
}
