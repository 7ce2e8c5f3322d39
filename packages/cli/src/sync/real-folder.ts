import { realpath } from "node:fs/promises";
import { SourceError } from "@cosup/node";

/**
 * The path of a folder without links.
 * @throws {SourceError} it does not exist, or cannot be looked at
 */
export async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const what = isMissing ? "does not exist" : "cannot be read, or is no folder";
    throw new SourceError(`${folder} ${what}`, "source-unreadable", error);
  }
}
