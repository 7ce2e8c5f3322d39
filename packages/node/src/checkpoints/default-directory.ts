import { isAbsolute, sep } from "node:path";
import { stateDirectory } from "@cosup/core/files";

export interface DirectoryLookup {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
}

/**
 * Where {@link fileCheckpoints} keeps them when no directory is given: `$XDG_STATE_HOME/cosup`,
 * `~/.local/state/cosup`, or on Windows `%LOCALAPPDATA%\cosup`. Not the temporary directory: a reboot must not lose an
 * upload. https://specifications.freedesktop.org/basedir-spec/latest/
 * @throws {CheckpointError} `checkpoint-unusable`: none of the variables is set, and the user has no home directory, as
 *   in a container without an entry in /etc/passwd. `fileCheckpoints()` then reports it to each upload, which goes on
 *   without a checkpoint.
 */
export function defaultCheckpointDirectory(lookup: DirectoryLookup = {}): string {
  const { env = process.env, platform = process.platform } = lookup;
  return stateDirectory({
    windows: platform === "win32",
    separator: sep,
    env: (name) => env[name],
    isAbsolute,
    home: () => lookup.home ?? homeDirectory(),
  });
}

/** Of the environment, else of the user database. An empty or relative HOME would mean the working directory. */
function homeDirectory(): string | undefined {
  // Loaded with the first checkpoint.
  const { homedir, userInfo } = process.getBuiltinModule("node:os");
  for (const lookUp of [homedir, () => userInfo().homedir]) {
    const path = attempt(lookUp);
    if (path !== undefined && isAbsolute(path)) {
      return path;
    }
  }
  return undefined;
}

/** Node throws when there is no such user. */
function attempt(lookUp: () => string): string | undefined {
  try {
    return lookUp();
  } catch {
    return undefined;
  }
}
