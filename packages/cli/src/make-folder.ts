import { TargetError } from "@cosup/node/download";
import { makeDirectories } from "./make-directories.ts";

const WHY: Readonly<Record<string, string>> = {
  EEXIST: "a file is in its place",
  ENOTDIR: "a file is in the place of a folder above it",
  EACCES: "this user may not write there",
  ENOENT: "the system creates no folder there",
  EPERM: "this user may not write there",
  EROFS: "the disk is read-only",
  ENOSPC: "there is no space left",
  ENAMETOOLONG: "its name is too long for the file system",
};

/**
 * Creates the folder of a download, and those above it.
 * @param make creates them; tests have their own
 * @throws {TargetError} it cannot be created
 */
export async function makeFolder(
  path: string,
  make: (path: string) => Promise<void> = makeDirectories,
): Promise<void> {
  try {
    await make(path);
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    const why = WHY[cause.code ?? ""] ?? String(cause);
    throw new TargetError(`the folder ${path} cannot be created: ${why}`, "target-unwritable", { cause });
  }
}
