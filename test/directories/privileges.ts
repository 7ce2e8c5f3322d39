import { chownSync } from "node:fs";
import process from "node:process";

const NOBODY = 65_534;

/** Whether file permissions apply to this process. They do not apply to root. */
export const permissionsCount = (): boolean => process.geteuid?.() !== 0;

/**
 * Drops root to the user `nobody`, so that permissions apply; the returned function becomes root again. The folder
 * `own` is given to that user.
 */
export function dropPrivileges(own: string): () => void {
  if (permissionsCount()) return () => {};
  try {
    chownSync(own, NOBODY, NOBODY);
    process.seteuid?.(NOBODY);
  } catch {
    // A worker thread, or a root without privileges outside its container.
  }
  return () => process.seteuid?.(0);
}
