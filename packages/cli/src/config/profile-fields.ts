import type { Command } from "commander";
import { ConfigError } from "./config-error.ts";
import type { Profile } from "./config-file.ts";
import { flagFields } from "./flag-settings.ts";
import { nearest } from "./nearest.ts";
import { valueOfField } from "./setting-value.ts";

/** Fields whose values are never printed, and never taken from an argument. */
export const SECRET_FIELDS: readonly string[] = ["secret_key", "token"];

/** Fields that say where keys come from. */
export const KEY_FIELDS: readonly string[] = ["secret_id", ...SECRET_FIELDS, "credential_process", "role"];

/**
 * Checks the names of all fields, the types of those for keys, and the values of the others.
 * @throws {ConfigError} it names the field, and the nearest one that there is
 */
export function checkProfile({ name, path, table }: Profile, program: Command): void {
  const flags = flagFields(program);
  for (const [field, value] of Object.entries(table)) {
    const where = `${field} of profile '${name}' (${path})`;
    const option = flags.get(field);
    if (KEY_FIELDS.includes(field)) checkKeyField(field, value, where);
    else if (option !== undefined) valueOfField(option, value, where);
    else throw new ConfigError(unknownField(field, `profile '${name}' (${path})`, flags.keys()));
  }
}

/** The message about a field that does not exist. */
export function unknownField(field: string, where: string, flags: Iterable<string>): string {
  const meant = nearest(field, [...KEY_FIELDS, ...flags]);
  const guess = meant === undefined ? "" : `; did you mean '${meant}'?`;
  return `${where} has an unknown field '${field}'${guess}`;
}

function checkKeyField(field: string, value: unknown, where: string): void {
  const isList = Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string");
  if (field === "credential_process" && isList) return;
  const isKey = field === "secret_id" || SECRET_FIELDS.includes(field);
  if (isKey && typeof value === "string" && !/^[\x21-\x7e]*$/.test(value))
    throw new ConfigError(`${where} must be printable ASCII without spaces`);
  if (typeof value !== "string" || value === "")
    throw new ConfigError(
      `${where} must be ${field === "credential_process" ? "a command: text, or a list of program and arguments" : "text"}`,
    );
}
