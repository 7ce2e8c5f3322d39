import type { WorkersCosClient } from "@cosup/workers";
import { type Target, unfinishedUploads } from "./multipart.ts";
import { NAMED_UPLOADS, type UnsureUpload } from "./unsure.ts";

/**
 * Looks for the unfinished uploads of a key that nothing is known of.
 * @param known ids of uploads that were there before the lost one was begun, and of those whose id was not lost
 */
export async function findUnsure(
  cos: WorkersCosClient,
  target: Target,
  known: readonly (string | undefined)[],
): Promise<UnsureUpload[]> {
  const key = target.Key;
  try {
    const unfinished = await unfinishedUploads(cos, target);
    const unknown = unfinished.filter((id) => !known.includes(id));
    return unknown.slice(0, NAMED_UPLOADS).map((uploadId) => ({ key, uploadId }));
  } catch {
    // The object has ended all the same. The report then has the command that lists them.
    return [{ key, uploadId: null }];
  }
}
