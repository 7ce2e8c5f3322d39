import { describeReplay, type Replay, type RunningEmulator } from "@cosup/emulator";
import { ArgumentTypeError } from "@cosup/node";

/** The flags that make requests go wrong. */
export interface FaultFlags {
  readonly faults?: string;
  readonly replay?: number;
  readonly replayFaults?: readonly number[];
}

/** @throws {TypeError} flags exclude each other */
export function checkFaultFlags({ faults, replay, replayFaults }: FaultFlags): void {
  if (faults !== undefined && replay !== undefined) {
    throw new ArgumentTypeError("--replay", "excludes --faults: give one or the other");
  }
  if (replayFaults !== undefined && replay === undefined) {
    throw new ArgumentTypeError("--replay-faults", "needs --replay: the seed that the faults are of");
  }
}

/** Installs what the flags ask for. Returns what to call at the end, for lines that say what has happened. */
export function installFaults(
  running: RunningEmulator,
  { replay: seed, replayFaults }: FaultFlags,
): () => readonly string[] {
  const faults = replayFaults === undefined ? {} : { faults: replayFaults };
  const replay = seed === undefined ? undefined : running.replay(seed, faults);
  return () => (replay === undefined ? [] : replayLines(replay));
}

function replayLines(replay: Replay): string[] {
  const report = replay.report();
  const ids = report.faults.map(({ id }) => id).join(",");
  const again = ids === "" ? [] : [`  again: --replay ${report.seed} --replay-faults ${ids}`];
  return [...describeReplay(report).split("\n"), ...again];
}
