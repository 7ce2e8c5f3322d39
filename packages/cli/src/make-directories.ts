import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** As `mkdir` of Node does without `recursive`. */
type Create = (path: string, options: { readonly mode: number }) => Promise<unknown>;

/** What systems say of a folder that exists: of an ordinary one, and of the root. */
const EXISTS = ["EEXIST", "EISDIR", "EPERM"];

/**
 * Creates a folder and those above it. Node's own `recursive` never ends where a system has no room for new folders and
 * says ENOENT, as procfs and automounts do, and says ENOENT where a disk is read-only.
 * @param mode of the folders that are created
 * @param create creates one folder; tests have their own
 */
export async function makeDirectories(path: string, mode = 0o777, create: Create = mkdir): Promise<void> {
  try {
    await makeOne(path, mode, create);
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || above === path) throw error;
    await makeDirectories(above, mode, create);
    await makeOne(path, mode, create);
  }
}

async function makeOne(path: string, mode: number, create: Create): Promise<void> {
  try {
    await create(path, { mode });
  } catch (error) {
    const isThere = EXISTS.includes((error as NodeJS.ErrnoException).code ?? "");
    if (!isThere || !(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
  }
}
