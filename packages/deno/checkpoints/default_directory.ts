import { CheckpointError } from "@cosup/core";
import { stateDirectory } from "@cosup/core/files";
import { isAbsolute, SEPARATOR } from "../paths.ts";
import { isNotCapable } from "../permissions.ts";

// In Node there is no `Deno`, and createCos() is to say there which package is meant.
const windows = "Deno" in globalThis && Deno.build.os === "windows";
const HOME = windows ? "USERPROFILE" : "HOME";
/** The variables that name the directory. */
const VARIABLES = [windows ? "LOCALAPPDATA" : "XDG_STATE_HOME", HOME];

/**
 * Where {@link fileCheckpoints} keeps them when no directory is given: `$XDG_STATE_HOME/cosup`, `~/.local/state/cosup`, or
 * on Windows `%LOCALAPPDATA%\cosup`, as in `@cosup/node`. Needs `--allow-env=XDG_STATE_HOME,HOME` (on Windows
 * `LOCALAPPDATA,USERPROFILE`).
 * @throws {CheckpointError} `checkpoint-unusable`: the permission is missing, or none of the variables is an absolute path
 */
export function defaultCheckpointDirectory(): string {
  return stateDirectory({ windows, separator: SEPARATOR, env: variable, isAbsolute, home });
}

function home(): string | undefined {
  const path = variable(HOME);
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (!isNotCapable(error)) throw error;
    throw new CheckpointError(
      `Deno may not look up the directory for checkpoints: grant it with --allow-env=${VARIABLES.join(",")}`,
      "checkpoint-unusable",
      error,
      "or name a directory",
    );
  }
}
