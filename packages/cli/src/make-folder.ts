import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { TargetError } from "@cosup/node/download";

const WHY: Readonly<Record<string, string>> = {
  EEXIST: "a file is in its place",
  ENOTDIR: "a file is in the place of a folder above it",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the disk is read-only",
  ENOSPC: "there is no space left",
  ENAMETOOLONG: "its name is too long for the file system",
};

/**
 * Creates the folder of a download, and those above it.
 * @throws {TargetError} it cannot be created
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (failure) {
    const cause = await reasonOf(resolve(path), failure as NodeJS.ErrnoException);
    const why = WHY[cause.code ?? ""] ?? String(cause);
    throw new TargetError(`the folder ${path} cannot be created: ${why}`, "target-unwritable", { cause });
  }
}

/** Node says ENOENT where the disk is read-only: the first folder that is missing is created once more, without others. */
async function reasonOf(path: string, failure: NodeJS.ErrnoException): Promise<NodeJS.ErrnoException> {
  if (failure.code !== "ENOENT") return failure;
  let missing = path;
  for (let above = dirname(path); above !== dirname(above); above = dirname(above)) {
    if ((await stat(above).catch(() => undefined)) !== undefined) break;
    missing = above;
  }
  return mkdir(missing).then(
    () => failure,
    (error: NodeJS.ErrnoException) => error,
  );
}
