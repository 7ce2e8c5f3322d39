import type { Command, Option } from "commander";
import { readSecret } from "../config/ask.ts";
import { ConfigError } from "../config/config-error.ts";
import { profileNamed } from "../config/config-file.ts";
import { type FieldChanges, withFields, withoutProfile } from "../config/edit-config.ts";
import { flagFields } from "../config/flag-settings.ts";
import { checkProfile, KEY_FIELDS, SECRET_FIELDS, unknownField } from "../config/profile-fields.ts";
import { keysOfProfile } from "../config/profile-keys.ts";
import { saveConfig } from "../config/save-config.ts";
import { isRepeatable, isSwitch } from "../config/setting-value.ts";
import { confirm } from "../confirm.ts";
import { ownEnvironment } from "../credentials.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { writeResult } from "../output.ts";
import { type OpenConfig, openConfig } from "./config.ts";

interface ProfileFlag {
  readonly profile?: string;
}

/** Runs `cosup config set`. Returns the exit code. */
export async function set(
  field: string,
  values: readonly string[],
  flags: ProfileFlag,
  program: Command,
): Promise<number> {
  const config = await openConfig();
  const name = checkName(flags.profile ?? config.used);
  const value = await valueFor(field, values, program);
  const table = { ...config.file?.profiles.get(name), [field]: value };
  const profile = { name, path: config.path, table };
  checkProfile(profile, program);
  keysOfProfile(profile, ownEnvironment());
  await change(config, name, { [field]: value });
  writeResult(`${field} of profile '${name}' is set in ${config.path}`);
  return 0;
}

/** Runs `cosup config unset`. Returns the exit code. */
export async function unset(fields: readonly string[], flags: ProfileFlag): Promise<number> {
  const config = await openConfig();
  const { name, table } = profileNamed(
    config.file,
    flags.profile ?? config.used,
    "config unset",
    config.path,
  );
  const missing = fields.find((field) => table[field] === undefined);
  if (missing !== undefined) throw new ConfigError(`profile '${name}' has no field '${missing}'`);
  await change(config, name, Object.fromEntries(fields.map((field) => [field, undefined])));
  writeResult(`${fields.join(", ")} of profile '${name}' removed from ${config.path}`);
  return 0;
}

/** Runs `cosup config remove`. Returns the exit code. */
export async function remove(name: string, flags: { readonly yes?: boolean }): Promise<number> {
  const { path, file } = await openConfig();
  profileNamed(file, name, "config remove", path);
  const question = `Remove profile '${name}' and its keys from ${path}?`;
  if (!(await confirm(question, flags.yes === true, abortOnInterrupt()))) return 1;
  await saveConfig(path, file?.text, await withoutProfile(file?.text ?? "", name, path));
  writeResult(`profile '${name}' removed from ${path}`);
  return 0;
}

/** Saves other fields of a profile. */
export async function change({ path, file }: OpenConfig, name: string, changes: FieldChanges): Promise<void> {
  await saveConfig(path, file?.text, await withFields(file?.text ?? "", name, changes, path));
}

/** @throws {ConfigError} the name would need quotes on command lines and in the file */
export function checkName(name: string): string {
  if (/^[\w-]+$/.test(name)) return name;
  throw new ConfigError("the name of a profile must be of letters, digits, _ and -");
}

async function valueFor(field: string, values: readonly string[], program: Command): Promise<unknown> {
  if (SECRET_FIELDS.includes(field)) {
    if (values.length === 0) return readSecret(field);
    throw new ConfigError(
      `${field} must not be an argument, which other users can read: leave it out to be asked, or write it to stdin`,
    );
  }
  const flags = flagFields(program);
  const option = flags.get(field);
  if (!KEY_FIELDS.includes(field) && option === undefined)
    throw new ConfigError(unknownField(field, "the command", flags.keys()));
  const isList = field === "credential_process" || (option !== undefined && isRepeatable(option));
  const [first] = values;
  if (first === undefined || (values.length > 1 && !isList))
    throw new ConfigError(`${field} needs one value`);
  if (values.length > 1) return values;
  return option === undefined ? first : plainValue(option, first);
}

/** `true` and `8` as TOML has them. */
function plainValue(option: Option, text: string): unknown {
  if (isSwitch(option)) return text === "true" ? true : text === "false" ? false : text;
  return option.parseArg !== undefined && /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}
