import { SourceError } from "@cosup/core";
import { errorCode } from "@cosup/core/runtime";

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist: a part of its path is not a directory",
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
  EMFILE: "cannot be opened: too many open files in this process",
  ENFILE: "cannot be opened: too many open files in the system",
};

/** The error for a file that cannot be opened or read; `name` is its path, as the caller gave it. */
export function unreadable(name: string, cause: unknown): SourceError {
  const code = errorCode(cause);
  const words = (code && WORDS[code]) ?? `cannot be read${code === undefined ? "" : ` (${code})`}`;
  return new SourceError(`${name} ${words}`, "source-unreadable", cause);
}
