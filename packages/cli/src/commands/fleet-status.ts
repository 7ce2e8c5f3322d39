import { setTimeout as sleep } from "node:timers/promises";
import type { FleetStatus } from "@cosup/fleet";
import { formatBytes } from "../display/format.ts";
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
  const state = isFinished ? "finished" : isEnqueued ? "under way" : "being enqueued";
  const wait = found.throttledForMs > 0 ? ", waiting because COS throttled requests" : "";
  const unsure = found.unsureUploads;
  return [
    `run ${run}: ${state}${wait}`,
    `  ${done} of ${objects} objects stored (${formatBytes(doneBytes)}), ${failed} failed`,
    `  queue: ${queue.waiting} waiting, ${queue.active} active, ${queue.delayed} delayed; ${workers.length} workers`,
    ...(unsure > 0
      ? [`  ${unsure} uploads may be of this run: cosup fleet report says how to look at them`]
      : []),
  ];
}

/** Runs `cosup fleet retry`. Returns the exit code. */
export async function retry(flags: RunFlags): Promise<number> {
  const { retryFailed } = await loadFleet();
  const { run, objects } = await retryFailed(placeOf(flags));
  if (flags.json === true) writeJson({ type: "summary", run, objects });
  else writeResult(`run ${run}: ${objects} objects are tried again`);
  return 0;
}
