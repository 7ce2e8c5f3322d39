import type { Command, Option } from "commander";

/**
 * Flags that only the command line can give. What one command works on, and what deletes, must be seen in it; keys have
 * variables and fields of their own; `--expires` means one thing in `cp` and another in `presign`.
 */
const ONLY_FLAGS: ReadonlySet<string> = new Set([
  "all",
  "delete",
  "expires",
  "files-from",
  "from",
  "ledger",
  "manifest-in",
  "null",
  "older-than",
  "profile",
  "range",
  "recursive",
  "root",
  "secret-id",
  "secret-key",
  "skip-bad-lines",
  "token",
  "upload-id",
  "version",
  "version-id",
  "watch",
  "yes",
]);

/** Variables that have set a flag since before there was a rule, and the field of each in a profile is that of the flag. */
const MORE_VARIABLES: Readonly<Record<string, string>> = { region: "COS_REGION", endpoint: "COS_ENDPOINT" };

/** `part-size` of `--part-size`, `no-progress` of `--no-progress`. */
function longName(option: Option): string {
  return (option.long ?? "").replace(/^--/, "");
}

/** Whether a variable and a profile can set the flag. */
export function hasSettings(option: Option): boolean {
  return longName(option) !== "" && !ONLY_FLAGS.has(longName(option));
}

/** The variables that set the flag, the strongest first: `COSUP_PART_SIZE` of `--part-size`. */
export function variablesOf(option: Option): string[] {
  const more = MORE_VARIABLES[longName(option)];
  return [`COSUP_${fieldOf(option).toUpperCase()}`, ...(more === undefined ? [] : [more])];
}

/** The field that sets the flag in a profile: `part_size` of `--part-size`. */
export function fieldOf(option: Option): string {
  return longName(option).replaceAll("-", "_");
}

/** Every flag that a profile can set, by its field. One of several commands stands for all of them. */
export function flagFields(program: Command): Map<string, Option> {
  const found = new Map<string, Option>();
  for (const command of [program, ...program.commands]) {
    const options = command === program ? [] : command.options;
    for (const option of options) if (hasSettings(option)) found.set(fieldOf(option), option);
    if (command !== program) for (const [field, option] of flagFields(command)) found.set(field, option);
  }
  return found;
}
