import type { Command } from "commander";
import { ConfigError } from "../config/config-error.ts";
import {
  type ConfigFile,
  DEFAULT_PROFILE,
  type Profile,
  type ProfileTable,
  profileNamed,
  readConfig,
} from "../config/config-file.ts";
import { configPath } from "../config/config-path.ts";
import { masked } from "../config/masked-fields.ts";
import { checkProfile, KEY_FIELDS } from "../config/profile-fields.ts";
import { warnOfReaders } from "../config/warn-of-readers.ts";
import { ownEnvironment } from "../credentials.ts";
import { writeError, writeJson, writeResult } from "../output.ts";

interface OutputFlags {
  readonly json?: boolean;
}

/** The file that the commands of `cosup config` work on. */
export interface OpenConfig {
  readonly path: string;
  readonly file: ConfigFile | undefined;
  /** The profile that commands use when none is named. */
  readonly used: string;
}

/** @throws {ConfigError} this user has no home, or the file is broken */
export async function openConfig(): Promise<OpenConfig> {
  const path = requirePath();
  const file = await readConfig(path);
  if (file !== undefined) warnOfReaders(file);
  return { path, file, used: ownEnvironment().COSUP_PROFILE || DEFAULT_PROFILE };
}

/** Runs `cosup config path`. Returns the exit code. */
export function path(): number {
  writeResult(requirePath());
  return 0;
}

/** Runs `cosup config list`. Returns the exit code. */
export async function list({ json }: OutputFlags, program: Command): Promise<number> {
  const { path: at, file, used } = await openConfig();
  const profiles = [...(file?.profiles ?? [])];
  for (const [name, table] of profiles) {
    if (json === true) writeJson(lineOf({ name, path: at, table }, used, program));
    else writeResult([name === used ? "*" : " ", name, summaryOf(table)].filter(Boolean).join(" "));
  }
  if (profiles.length === 0 && json !== true) writeError(`${at} has no profiles; cosup config init adds one`);
  return 0;
}

/** Runs `cosup config show`. Returns the exit code. */
export async function show(
  name: string | undefined,
  { json }: OutputFlags,
  program: Command,
): Promise<number> {
  const { path: at, file, used } = await openConfig();
  const profile: Profile = profileNamed(file, name ?? used, "config show", at);
  if (json === true) writeJson(lineOf(profile, used, program));
  else
    for (const [field, value] of masked(profile.table, program)) writeResult(`${field} = ${display(value)}`);
  // Last, so that a wrong field is seen among the others.
  checkProfile(profile, program);
  return 0;
}

function requirePath(): string {
  const found = configPath(ownEnvironment());
  if (found === undefined)
    throw new ConfigError("this user has no home: set COSUP_CONFIG to the path of the configuration");
  return found;
}

function lineOf({ name, table }: Profile, used: string, program: Command): Readonly<Record<string, unknown>> {
  return { type: "profile", name, used: name === used, fields: Object.fromEntries(masked(table, program)) };
}

function display(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Where the keys come from, and the region. */
function summaryOf(table: ProfileTable): string {
  const [kind] = KEY_FIELDS.filter((field) => table[field] !== undefined);
  return [kind && `(${kind}${table.region === undefined ? "" : `, ${display(table.region)}`})`]
    .filter(Boolean)
    .join("");
}
