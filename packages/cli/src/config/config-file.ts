import { ConfigError } from "./config-error.ts";
import { nearest } from "./nearest.ts";
import { readSmallFile } from "./read-small-file.ts";

/** What the file has below `[profile.NAME]`, unchecked. */
export type ProfileTable = Readonly<Record<string, unknown>>;

/** The configuration, parsed. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly profiles: ReadonlyMap<string, ProfileTable>;
  readonly othersCanRead: boolean;
}

/** One profile, and where it is. */
export interface Profile {
  readonly name: string;
  readonly path: string;
  readonly table: ProfileTable;
}

/** The profile that is used when none is named. */
export const DEFAULT_PROFILE = "default";

/**
 * Reads the configuration; undefined if the file does not exist.
 * @throws {ConfigError} it cannot be read, or is no configuration; the message names file and line
 */
export async function readConfig(path: string): Promise<ConfigFile | undefined> {
  const file = await readSmallFile(path);
  return file && { ...file, path, profiles: await parseConfig(file.text, path) };
}

/**
 * The profiles in the text of a configuration.
 * @throws {ConfigError} it is no TOML, or has something other than profiles
 */
export async function parseConfig(text: string, path: string): Promise<Map<string, ProfileTable>> {
  // Loaded only where there is a file, so that other commands start without it.
  const { parse, TomlError } = await import("smol-toml");
  let document: Readonly<Record<string, unknown>>;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Only the first line: the others quote the file, which may have a secret there.
    const [first = ""] = error.message.replace("Invalid TOML document: ", "").split("\n");
    throw new ConfigError(`${path}:${error.line}: ${first}${missingQuotes(first)}`);
  }
  const { profile = {}, ...others } = document;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new ConfigError(
      `${path}: '${other}' must stand below a heading such as [profile.${DEFAULT_PROFILE}]`,
    );
  if (!isTable(profile)) throw new ConfigError(`${path}: write [profile.NAME], not profile = …`);
  return new Map(Object.entries(profile).map(([name, table]) => [name, tableOf(name, table, path)]));
}

/** The most common mistakes, which the parser does not name. */
function missingQuotes(message: string): string {
  if (message === "invalid value") return " (text needs quotes)";
  return /in strings$|^unfinished string/.test(message) ? " (a closing quote is missing?)" : "";
}

function tableOf(name: string, table: unknown, path: string): ProfileTable {
  if (isTable(table)) return table;
  throw new ConfigError(`${path}: '${name}' must stand below a heading such as [profile.${DEFAULT_PROFILE}]`);
}

function isTable(value: unknown): value is ProfileTable {
  return Object.getPrototypeOf(value ?? 0) === null || Object.getPrototypeOf(value ?? 0) === Object.prototype;
}

/**
 * The profile of this name.
 * @param named where the name was given, for the message
 * @throws {ConfigError} there is none; the message lists those that there are
 */
export function profileNamed(
  file: ConfigFile | undefined,
  name: string,
  named: string,
  path: string,
): Profile {
  const table = file?.profiles.get(name);
  if (table !== undefined) return { name, path, table };
  const known = [...(file?.profiles.keys() ?? [])];
  const meant = nearest(name, known);
  const guess = meant === undefined ? "" : `; did you mean '${meant}'?`;
  const there =
    file === undefined
      ? `${path} does not exist; cosup config init makes it`
      : `${path} has ${known.join(", ") || "none"}`;
  throw new ConfigError(`there is no profile '${name}' (${named}): ${there}${guess}`);
}
