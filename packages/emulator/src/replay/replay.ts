import type { ReplayReport, ReplayRun } from "./replay-run.ts";

/** The schedule of a seed that is installed. */
export interface Replay {
  readonly seed: number;
  /** The run whose requests meet its faults. */
  readonly run: string;
  /** What has fired so far. */
  report(): ReplayReport;
  /** The report as text, and the call that repeats these faults. */
  describe(): string;
  /** Ends it: later requests meet no fault. */
  stop(): void;
}

/** @param stop removes the run */
export function replayOf(seed: number, run: ReplayRun, stop: () => void): Replay {
  return {
    seed,
    run: run.name,
    report: () => run.report(),
    describe: () => `${describeReplay(run.report())}\n${callOf(run.report())}`,
    stop,
  };
}

/** A report as text: a line for each fault that fired. */
export function describeReplay({ seed, requests, faults }: ReplayReport): string {
  const lines = faults.map(({ id, operation, key, partNumber, attempt, when, fault }) => {
    const part = partNumber === undefined ? "" : ` part ${partNumber}`;
    const { kind, ...parameters } = fault;
    const more = Object.keys(parameters).length === 0 ? "" : ` ${JSON.stringify(parameters)}`;
    return `  ${id}: ${operation} ${JSON.stringify(key)}${part}, attempt ${attempt}: ${kind}${more} ${when}`;
  });
  return [`seed ${seed}: ${faults.length} faults at ${requests} requests`, ...lines].join("\n");
}

function callOf({ seed, faults }: ReplayReport): string {
  return `  again: emulator.replay(${seed}, { faults: [${faults.map(({ id }) => id).join(", ")}] })`;
}
