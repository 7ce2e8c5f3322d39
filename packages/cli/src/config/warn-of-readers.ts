import { writeError } from "../output.ts";
import type { ConfigFile } from "./config-file.ts";
import { SECRET_FIELDS } from "./profile-fields.ts";

/** Prints a warning if other users of the machine can read the secrets in the file. */
export function warnOfReaders({ path, profiles, othersCanRead }: ConfigFile): void {
  const hasSecrets = [...profiles.values()].some((table) =>
    SECRET_FIELDS.some((field) => table[field] !== undefined),
  );
  if (othersCanRead && hasSecrets)
    writeError(`cosup: warning: other users can read the secrets in ${path}; run: chmod 600 '${path}'`);
}
