import type { Command } from "commander";
import type { Environment } from "../credentials.ts";
import { flagFields } from "./flag-settings.ts";

/** Variables that are not those of a flag. */
const OTHERS = ["CONFIG", "CONTROL_TOKEN", "DEBUG", "LANG", "METADATA_URL", "PROFILE"];

/** Variables that begin with `COSUP_` and set nothing: most likely a name that is spelled wrong. */
export function unknownVariables(program: Command, env: Environment): string[] {
  const flags = [...flagFields(program).keys()].map((field) => field.toUpperCase());
  const known = new Set([...flags, ...OTHERS].map((name) => `COSUP_${name}`));
  return Object.keys(env).filter((name) => name.startsWith("COSUP_") && !known.has(name));
}
