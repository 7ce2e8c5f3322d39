import type { WorkerEvent } from "@cosup/fleet";
import { type ConnectionFlags, clientOptions } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { countOf } from "../display/format.ts";
import { exitWithParent } from "../exit-with-parent.ts";
import { writeError, writeJson, writeResult } from "../output.ts";
import { loadFleet, placeOf, type QueueFlags } from "./load-fleet.ts";

interface WorkFlags extends ConnectionFlags, QueueFlags {
  readonly concurrency?: number;
  /** Bytes. */
  readonly memoryBudget?: number;
  readonly untilFinished?: string | true;
}

/** Runs `cosup fleet work` until a signal has drained it, or all is finished. Returns the exit code. */
export async function work(flags: WorkFlags): Promise<number> {
  const { startWorker } = await loadFleet();
  const { connection, queue } = placeOf(flags);
  const json = flags.json === true;
  const worker = startWorker({
    ...{ connection, queue, concurrency: flags.concurrency, memoryBudget: flags.memoryBudget },
    cos: clientOptions(flags, ownEnvironment()),
    handleSignals: true,
    untilFinished: flags.untilFinished,
    onEvent: (event) => show(event, json),
  });
  exitWithParent();
  await worker.ready;
  if (json) writeJson({ type: "ready" });
  else writeResult("working; SIGTERM or Ctrl-C ends what was begun, and stops");
  await worker.closed;
  return 0;
}

function show(event: WorkerEvent, json: boolean): void {
  if (json) return void writeJson({ ...event });
  const isResult = event.type === "done" || event.type === "draining";
  (isResult ? writeResult : writeError)(describeEvent(event));
}

/** One line of what a worker reports. */
export function describeEvent(event: WorkerEvent): string {
  switch (event.type) {
    case "warning":
      return `cosup: warning: ${event.message}`;
    case "failed":
      return `cosup: ${event.key}: ${event.message}`;
    case "throttled":
      return `cosup: COS throttled requests; all workers wait ${Math.ceil(event.waitMs / 1000)} s`;
    case "loss-noticed":
      return `cosup: a worker was lost; its job ${event.job} is in the queue again`;
    case "recovered":
      return `cosup: ${countOf(event.jobs, "lost job")} of run ${event.run} added to the queue again`;
    case "draining":
      return "ending what was begun";
    case "done":
      return `${event.key}  ${event.size} bytes`;
  }
}
