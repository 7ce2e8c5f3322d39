import { mkdir } from "node:fs/promises";
import { TargetError } from "@cosup/node/download";

const WHY: Readonly<Record<string, string>> = {
  EEXIST: "a file is in its place",
  ENOTDIR: "a file is in the place of a folder above it",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the disk is read-only",
  ENOSPC: "there is no space left",
};

/**
 * Creates the folder of a download, and those above it.
 * @throws {TargetError} it cannot be created
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    const why = WHY[code] ?? String(cause);
    throw new TargetError(`the folder ${path} cannot be created: ${why}`, "target-unwritable", { cause });
  }
}
