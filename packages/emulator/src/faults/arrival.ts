import type { EmulatorCredentials, Settings } from "../types.ts";
import type { Fault } from "./instruction.ts";
import type { Run } from "./run.ts";

/** The settings by which a request of a run is judged: its keys may name the run. */
export function settingsOf(run: Run, settings: Settings): Settings {
  const accepted = run.credentials ?? settings.credentials;
  return { ...settings, credentials: [...accepted, ...accepted.map((pair) => named(pair, run))] };
}

/** Faults that change by what a request is judged. */
export function onArrival(fault: Fault, run: Run, settings: Settings): Settings {
  if (fault.kind === "clock-skew") {
    const { now } = settings;
    return { ...settings, now: () => now() + fault.seconds * 1000 };
  }
  if (fault.kind !== "rotate-credentials") return settings;
  const { kind: _, ...pair } = fault;
  run.credentials = [pair];
  return settingsOf(run, settings);
}

function named(pair: EmulatorCredentials, run: Run): EmulatorCredentials {
  return { ...pair, secretId: `${pair.secretId}@${run.name}` };
}
