import type { FileSystem } from "../files/file-system.ts";
import type { RandomAccessFiles } from "../files/random-access.ts";
import { TargetError } from "./target-error.ts";

/** The files of the machine, as an adapter provides them. */
export interface LocalFiles {
  readonly fileSystem: FileSystem;
  readonly randomAccess: RandomAccessFiles;
}

const WORDS = {
  exists: "exists already",
  "no-space": "cannot be written: there is no space left",
  denied: "may not be written by this user",
  "no-directory": "cannot be created: its folder does not exist",
  unsupported: "cannot be created on this file system",
} as const;

const NO_SPACE = "free some space, or choose another folder, and make the same call again";
const NO_DIRECTORY = "create the folder first";

/**
 * The error of a file that cannot be created or written.
 * @param name its path as the caller gave it
 * @param path the absolute path, for a hint about permissions
 */
export function unwritable(
  { randomAccess }: LocalFiles,
  name: string,
  path: string,
  cause: unknown,
): TargetError {
  const failure = randomAccess.failureOf(cause);
  const permission = randomAccess.permissionFor?.(cause, path);
  if (permission !== undefined) {
    const text = `${name} may not be written by this process: grant it with ${permission}`;
    return new TargetError(text, "target-unwritable", { cause });
  }
  const words = failure === undefined ? `cannot be written (${String(cause)})` : WORDS[failure];
  const hints = { "no-space": NO_SPACE, "no-directory": NO_DIRECTORY } as const;
  const hint = failure !== undefined && failure in hints ? hints[failure as keyof typeof hints] : undefined;
  return new TargetError(`${name} ${words}`, "target-unwritable", { cause, hint });
}
