import type { Command } from "commander";
import type { ProfileTable } from "./config-file.ts";
import { flagFields } from "./flag-settings.ts";
import { nearest } from "./nearest.ts";
import { KEY_FIELDS, SECRET_FIELDS } from "./profile-fields.ts";

const MASK = "********";
/** Fields whose value may have a user and a password before an `@`. */
const URLS: readonly string[] = ["proxy", "endpoint"];

/** The fields of a profile as they may be shown. */
export function masked(table: ProfileTable, program: Command): [string, unknown][] {
  const flags = flagFields(program);
  return Object.entries(table).map(([field, value]) => [field, maskedValue(field, value, flags)]);
}

function maskedValue(field: string, value: unknown, flags: ReadonlyMap<string, unknown>): unknown {
  if (SECRET_FIELDS.includes(field)) return MASK;
  if (URLS.includes(field))
    return typeof value === "string" ? value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, `$1${MASK}@`) : MASK;
  return KEY_FIELDS.includes(field) || flags.has(field) || isFlagMisspelled(field, flags) ? value : MASK;
}

/** Another unknown field may be that of a secret: `secretkey`, or `password`. */
function isFlagMisspelled(field: string, flags: ReadonlyMap<string, unknown>): boolean {
  if (/secret|key|token|pass/i.test(field)) return false;
  return flags.has(nearest(field, [...KEY_FIELDS, ...flags.keys()]) ?? "");
}
