import type { Command, Option } from "commander";
import type { Environment } from "../credentials.ts";
import { chooseProfile } from "./choose-profile.ts";
import type { Profile } from "./config-file.ts";
import { findKeys } from "./find-keys.ts";
import { fieldOf, hasSettings, variablesOf } from "./flag-settings.ts";
import { isRefused } from "./refused-settings.ts";
import { valueOfField, valueOfVariable } from "./setting-value.ts";
import { unknownVariables } from "./unknown-variables.ts";

/** Where the value of each flag comes from: the flag, a variable, a profile or the file of another program. */
export type Origins = ReadonlyMap<string, string>;

interface Setting {
  readonly value: unknown;
  readonly origin: string;
}

/**
 * Sets the flags of `command` that were not given, from the environment and from a profile, and finds the keys. A command
 * that does not reach COS has no profile.
 * @throws {ConfigError} a variable or the configuration is wrong
 */
export async function applySettings(program: Command, command: Command, env: Environment): Promise<void> {
  // The commands of `cosup config` have a profile to change.
  const reachesCos = command.options.some(({ long }) => long === "--endpoint");
  const chosen = reachesCos ? await chooseProfile(program, command.opts().profile, env) : undefined;
  const origins = new Map<string, string>();
  for (const option of command.options) {
    if (!hasSettings(option)) continue;
    const name = option.attributeName();
    const given = command.getOptionValueSource(name) === "cli";
    const setting = given
      ? { value: command.getOptionValue(name), origin: option.long ?? "" }
      : settingOf(option, env, chosen);
    if (setting?.value === undefined) continue;
    if (!given && isRefused(option, command, setting.value)) continue;
    if (!given) command.setOptionValueWithSource(name, setting.value, "config");
    origins.set(name, setting.origin);
  }
  if (!reachesCos) return;
  const { region, endpoint } = command.opts();
  const { keys, region: regionOfKeys } = await findKeys(env, chosen, command.args);
  if (keys !== undefined) command.setOptionValueWithSource("keys", keys, "config");
  if (!region && !endpoint && keys !== undefined && regionOfKeys !== undefined) {
    command.setOptionValueWithSource("region", regionOfKeys, "config");
    origins.set("region", keys.origin);
  }
  if (chosen?.profile) command.setOptionValueWithSource("usedProfile", chosen.profile, "config");
  command.setOptionValueWithSource("origins", origins, "config");
  command.setOptionValueWithSource("unknownVariables", unknownVariables(program, env), "config");
}

/** A profile that was named by a flag is stronger than the environment. */
function settingOf(
  option: Option,
  env: Environment,
  chosen: { readonly profile: Profile | undefined; readonly byFlag: boolean } | undefined,
): Setting | undefined {
  const ofProfile = fieldSetting(option, chosen?.profile);
  if (chosen?.byFlag === true && ofProfile?.value !== undefined) return ofProfile;
  for (const variable of variablesOf(option)) {
    // CI systems pass a missing variable as an empty string.
    const text = env[variable];
    if (text) return { value: valueOfVariable(option, text, variable), origin: variable };
  }
  return ofProfile;
}

function fieldSetting(option: Option, profile: Profile | undefined): Setting | undefined {
  const field = fieldOf(option);
  const value = profile?.table[field];
  if (profile === undefined || value === undefined) return undefined;
  const origin = `profile '${profile.name}'`;
  return { value: valueOfField(option, value, `${field} of ${origin} (${profile.path})`), origin };
}
