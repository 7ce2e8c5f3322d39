import { CheckpointError } from "../errors.ts";
import type { FileSystem } from "./file-system.ts";
import { joinPath } from "./paths.ts";

/** What an adapter knows of the user and the system. */
export interface StateLookup extends Pick<FileSystem, "separator"> {
  readonly windows: boolean;
  /** A variable of the environment. */
  env(name: string): string | undefined;
  isAbsolute(path: string): boolean;
  /** The absolute path of the user's home directory; undefined: the user has none. */
  home(): string | undefined;
}

/**
 * Where checkpoints are kept when no directory is given: `$XDG_STATE_HOME/cosup`, `~/.local/state/cosup`, or on Windows
 * `%LOCALAPPDATA%\cosup`. Not the temporary directory: a reboot must not lose an upload.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 * @throws {CheckpointError} `checkpoint-unusable`: none of the variables is set, and the user has no home directory, as
 *   in a container without an entry in /etc/passwd
 */
export function stateDirectory(lookup: StateLookup): string {
  const below = (root: string, ...names: readonly string[]): string =>
    [...names, "cosup"].reduce((path, name) => joinPath(lookup, path, name), root);
  if (lookup.windows) {
    const local = lookup.env("LOCALAPPDATA");
    return local ? below(local) : below(homeOf(lookup), "AppData", "Local");
  }
  const state = lookup.env("XDG_STATE_HOME");
  // The specification says to ignore a relative one.
  const isUsable = state !== undefined && lookup.isAbsolute(state);
  return isUsable ? below(state) : below(homeOf(lookup), ".local", "state");
}

function homeOf(lookup: StateLookup): string {
  const home = lookup.home();
  if (home !== undefined) return home;
  throw new CheckpointError(
    "there is no directory for checkpoints: this user has no home directory",
    "checkpoint-unusable",
    undefined,
    "name a directory (--state-dir, or that of fileCheckpoints), or set XDG_STATE_HOME or HOME to an absolute path",
  );
}
