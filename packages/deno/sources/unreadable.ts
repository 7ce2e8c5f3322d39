import { SourceError } from "@cosup/core";
import { isTableFull } from "@cosup/core/files";
import { flagFor, isNotCapable } from "../permissions.ts";

const WORDS: Readonly<Record<string, string>> = {
  NotFound: "does not exist",
  NotADirectory: "does not exist: a part of its path is not a directory",
  PermissionDenied: "may not be read by this user",
};

/**
 * The error for a file that cannot be opened or read.
 * @param name its path, as the caller gave it
 * @param path its path, as a permission is given for it
 */
export function unreadable(name: string, path: string, cause: unknown): SourceError {
  return new SourceError(`${name} ${wordsFor(cause, path)}`, "source-unreadable", cause);
}

function wordsFor(cause: unknown, path: string): string {
  if (isNotCapable(cause)) {
    return `may not be read by this Deno process: grant it with ${flagFor(cause, path)}`;
  }
  if (isTableFull(cause)) return "cannot be opened: too many open files";
  if (!(cause instanceof Error)) return "cannot be read";
  return WORDS[cause.name] ?? `cannot be read (${cause.message})`;
}
