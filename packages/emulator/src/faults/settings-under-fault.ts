import type { EmulatorCredentials, Settings } from "../types.ts";
import type { Fault } from "./instruction.ts";
import type { Run } from "./run.ts";

/** The settings for the requests of a run: every key is also accepted as `{SecretId}@{run}`. */
export function settingsForRun(run: Run, settings: Settings): Settings {
  const accepted = run.credentials ?? settings.credentials;
  return { ...settings, credentials: [...accepted, ...accepted.map((pair) => withRunName(pair, run))] };
}

/** Applies the faults that change the settings of a request. */
export function settingsUnderFault(fault: Fault, run: Run, settings: Settings): Settings {
  if (fault.kind === "clock-skew") {
    const { now } = settings;
    return { ...settings, now: () => now() + fault.seconds * 1000 };
  }
  if (fault.kind !== "rotate-credentials") return settings;
  const { kind: _, ...pair } = fault;
  run.credentials = [pair];
  return settingsForRun(run, settings);
}

function withRunName(pair: EmulatorCredentials, run: Run): EmulatorCredentials {
  return { ...pair, secretId: `${pair.secretId}@${run.name}` };
}
