import { ArgumentTypeError } from "@cosup/node";
import { LINK_FLAGS } from "./emulator-link.ts";

/** An error of `startEmulator()`. */
export interface StartError extends NodeJS.ErrnoException {
  /** The option that it is about, as `credentials[0].policy.version`. */
  readonly option?: string;
}

/** Why it cannot listen at an address that is not one of this machine. */
const HOST_ERRORS: Readonly<Record<string, string>> = {
  ENOTFOUND: "there is no such address",
  EADDRNOTAVAIL: "it is not an address of this machine",
};

/** Explains what a user can correct: a wrong fault script or flag, an address of another machine, a port that is in use. */
export function explainStart(error: StartError, { host, port }: { host: string; port: number }): Error {
  if (error.name === "FaultScriptError") return new ArgumentTypeError("--faults", error.message);
  if (error.option !== undefined) return new ArgumentTypeError(parameterOf(error.option), error.message);
  const hostError = HOST_ERRORS[error.code ?? ""];
  if (hostError !== undefined) return new ArgumentTypeError("--host", `${host}: ${hostError}`);
  if (error.code !== "EADDRINUSE") return error;
  return new Error(
    `port ${port} of ${host} is in use: choose another port with --port, or 0 for any free port`,
  );
}

/** Explains a seed or a recording that the emulator refuses. */
export function explainFaults(error: unknown): unknown {
  const { option, field, message } = error as { option?: string; field?: string; message: string };
  const path = option ?? field;
  if (path === undefined) return error;
  if (path === "seed") return new ArgumentTypeError("--replay", message);
  return new ArgumentTypeError(path.startsWith("recording") ? "--play-back" : "--replay-faults", message);
}

/** The flag of an option; for keys the parameter, by which the exit code is that of credentials. */
function parameterOf(option: string): string {
  const linkFlag = LINK_FLAGS[option];
  if (linkFlag !== undefined) return linkFlag;
  if (option === "controlToken") return "COSUP_CONTROL_TOKEN";
  if (option.startsWith("credentials[0].policy")) return "--policy";
  if (option.startsWith("credentials")) return "credentials";
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
