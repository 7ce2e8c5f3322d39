import { setTimeout } from "node:timers/promises";
import type { FileStamp } from "./ledger-entry.ts";

/** Kernels keep times of files in steps of up to 10 ms. */
const FINE_MS = 100;
/** FAT keeps them in steps of 2 s; its times are whole seconds. */
const COARSE_MS = 2_100;

/**
 * Waits until a file that is changed from now on gets other times than it has now. Without that, a file that is changed
 * twice in one step of its clock would look unchanged.
 * @returns false: its times lie in the future, so that they say nothing
 */
export async function untilDistinct({ mtimeMs, ctimeMs }: FileStamp, signal: AbortSignal): Promise<boolean> {
  const isCoarse = mtimeMs % 1000 === 0 && ctimeMs % 1000 === 0;
  const needed = isCoarse ? COARSE_MS : FINE_MS;
  const missing = needed - (Date.now() - ctimeMs);
  if (missing <= 0) return true;
  if (missing > needed) return false;
  await setTimeout(missing, undefined, { signal });
  return true;
}
