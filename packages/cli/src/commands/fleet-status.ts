import { setTimeout as sleep } from "node:timers/promises";
import type { FleetStatus } from "@cosup/fleet";
import { countOf, formatBytes } from "../display/format.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { writeJson, writeResult } from "../output.ts";
import { loadFleet, placeOf, type RunFlags } from "./load-fleet.ts";

interface StatusFlags extends RunFlags {
  readonly watch?: boolean;
}

const PAUSE_MS = 2_000;

/** Runs `cosup fleet status`. Returns the exit code. */
export async function status(flags: StatusFlags): Promise<number> {
  const { fleetStatus } = await loadFleet();
  const signal = abortOnInterrupt();
  for (;;) {
    const found = await fleetStatus(placeOf(flags));
    if (flags.json === true) writeJson({ type: "status", ...found });
    else for (const line of linesOf(found)) writeResult(line);
    if (flags.watch !== true || found.isFinished) return 0;
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

function linesOf(found: FleetStatus): string[] {
  const { run, done, objects, doneBytes, failed, isEnqueued, isFinished, queue, workers } = found;
  const state = isFinished ? "finished" : isEnqueued ? "under way" : enqueuingState(found);
  const wait = found.throttledForMs > 0 ? ", waiting because COS throttled requests" : "";
  const unsure = found.unsureUploads;
  return [
    `run ${run}: ${state}${wait}`,
    `  ${done} of ${countOf(objects, "object")} stored (${formatBytes(doneBytes)}), ${failed} failed`,
    `  jobs of all runs: ${queue.waiting} waiting, ${queue.active} active, ${queue.delayed} delayed; ${countOf(workers.length, "worker")}`,
    ...(unsure > 0
      ? [`  ${countOf(unsure, "upload")} may be of this run: cosup fleet report says how to look at them`]
      : []),
  ];
}

function enqueuingState({ run, enqueuingStopped }: FleetStatus): string {
  if (enqueuingStopped === undefined) return "being enqueued";
  return `enqueuing stopped (${enqueuingStopped}); enqueue again with --run ${run}`;
}

/** Runs `cosup fleet retry`. Returns the exit code. */
export async function retry(flags: RunFlags): Promise<number> {
  const { retryFailed } = await loadFleet();
  const { run, objects } = await retryFailed(placeOf(flags));
  if (flags.json === true) writeJson({ type: "summary", run, objects });
  else writeResult(`run ${run}: ${countOf(objects, "object")} added to the queue again`);
  return 0;
}
