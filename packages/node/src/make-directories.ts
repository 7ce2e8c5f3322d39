import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** What systems say of a folder that exists: of an ordinary one, and of the root. */
const EXISTS = ["EEXIST", "EISDIR", "EPERM"];

/**
 * Creates a folder and those above it. Node's own `recursive` never ends where a system has no room for new folders and
 * says ENOENT, as procfs and automounts do, and says ENOENT where a disk is read-only.
 * @param mode of the folders that are created
 */
export async function makeDirectories(path: string, mode = 0o777): Promise<void> {
  try {
    await makeOne(path, mode);
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || above === path) throw error;
    await makeDirectories(above, mode);
    await makeOne(path, mode);
  }
}

async function makeOne(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const isThere = EXISTS.includes((error as NodeJS.ErrnoException).code ?? "");
    if (!isThere || !(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
  }
}
