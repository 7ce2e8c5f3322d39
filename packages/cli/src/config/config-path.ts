import { homedir } from "node:os";
import { posix, win32 } from "node:path";
import type { Environment } from "../credentials.ts";

/** The folder of the user's files; undefined for a user without one. */
export function homeFolder(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const given = (platform === "win32" ? env.USERPROFILE : env.HOME) || undefined;
  if (given !== undefined) return given;
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/**
 * Where the configuration is: `COSUP_CONFIG`, else `cosup/config.toml` below `XDG_CONFIG_HOME` or `~/.config`, on Windows
 * below `APPDATA`. Undefined for a user without a home.
 */
export function configPath(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (env.COSUP_CONFIG) return env.COSUP_CONFIG;
  const home = homeFolder(env, platform);
  if (platform === "win32") {
    const roaming = env.APPDATA || (home && win32.join(home, "AppData", "Roaming"));
    return roaming ? win32.join(roaming, "cosup", "config.toml") : undefined;
  }
  // The specification of XDG asks to ignore a relative path.
  const xdg = env.XDG_CONFIG_HOME?.startsWith("/") ? env.XDG_CONFIG_HOME : undefined;
  const folder = xdg ?? (home && posix.join(home, ".config"));
  return folder ? posix.join(folder, "cosup", "config.toml") : undefined;
}
