import type { Command } from "commander";
import type { Environment } from "../credentials.ts";
import { ConfigError } from "./config-error.ts";
import { DEFAULT_PROFILE, type Profile, profileNamed, readConfig } from "./config-file.ts";
import { configPath } from "./config-path.ts";
import { checkProfile } from "./profile-fields.ts";
import { warnOfReaders } from "./warn-of-readers.ts";

/** The profile of a command; undefined if the file or the default profile does not exist. */
export interface ChosenProfile {
  readonly profile: Profile | undefined;
  /** Whether `--profile` named it: then it is stronger than the environment. */
  readonly byFlag: boolean;
  /** Names of the other profiles of the file, for a message. */
  readonly others: readonly string[];
}

/**
 * The profile that `--profile`, `COSUP_PROFILE` or nothing names.
 * @param flag the value of `--profile`
 * @throws {ConfigError} the file cannot be used, or does not have the profile that was named
 */
export async function chooseProfile(
  program: Command,
  flag: string | undefined,
  env: Environment,
): Promise<ChosenProfile> {
  const variable = env.COSUP_PROFILE || undefined;
  const name = flag ?? variable;
  const named = flag === undefined ? "COSUP_PROFILE" : "--profile";
  const path = configPath(env);
  const file = path === undefined ? undefined : await readConfig(path);
  if (file === undefined && env.COSUP_CONFIG) throw new ConfigError(`${path} (COSUP_CONFIG) does not exist`);
  const others = [...(file?.profiles.keys() ?? [])].filter((each) => each !== (name ?? DEFAULT_PROFILE));
  if (name === undefined && file?.profiles.has(DEFAULT_PROFILE) !== true)
    return { profile: undefined, byFlag: false, others };
  const profile = profileNamed(file, name ?? DEFAULT_PROFILE, named, path ?? "the configuration");
  checkProfile(profile, program);
  if (file !== undefined) warnOfReaders(file);
  return { profile, byFlag: flag !== undefined, others };
}
