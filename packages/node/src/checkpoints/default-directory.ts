import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

export interface DirectoryLookup {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
}

/**
 * Where checkpoints live when nothing else is said: `$XDG_STATE_HOME/cosup`, `~/.local/state/cosup`, or on Windows
 * `%LOCALAPPDATA%\cosup`. Not the temporary directory: a reboot must not lose an upload.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function defaultCheckpointDirectory(lookup: DirectoryLookup = {}): string {
  const { env = process.env, platform = process.platform, home = homedir() } = lookup;
  if (platform === "win32") {
    return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "cosup");
  }
  const state = env.XDG_STATE_HOME;
  // The specification says to ignore a relative one.
  return join(state !== undefined && isAbsolute(state) ? state : join(home, ".local", "state"), "cosup");
}
