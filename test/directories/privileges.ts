import { chownSync } from "node:fs";
import process from "node:process";

const NOBODY = 65_534;

/** Whether a file's mode stops this process: it does not stop root. */
export const permissionsCount = (): boolean => process.geteuid?.() !== 0;

/**
 * Goes on as nobody when this is root, so that permissions count; the returned function takes it back. `own` is given
 * to whoever that is.
 */
export function dropPrivileges(own: string): () => void {
  if (permissionsCount()) return () => {};
  try {
    chownSync(own, NOBODY, NOBODY);
    process.seteuid?.(NOBODY);
  } catch {
    // A thread, or a root that is none outside its container.
  }
  return () => process.seteuid?.(0);
}
