import { CheckpointError, type CheckpointStore, type NodeCosClient, type UploadResult } from "@cosup/node";
import type { UploadSettings } from "../commands/copy-flags.ts";

/** Without a checkpoint, an upload that must be resumed fails before it sends anything. */
const NO_CHECKPOINTS: CheckpointStore = {
  load: async () => undefined,
  save: async () => {},
  remove: async () => {},
  lock: async () => ({ release: async () => {} }),
};

/**
 * Returns the object that makes the upload of a file unnecessary: it has the same bytes, and every header that
 * `settings` ask for. Undefined: there is none. Sends one HEAD, and reads the file if the sizes agree.
 */
export async function findSameObject(
  client: NodeCosClient,
  object: { readonly Bucket: string; readonly Key: string; readonly LocalFilePath: string },
  settings: UploadSettings,
  signal: AbortSignal,
): Promise<UploadResult | undefined> {
  try {
    return await client.uploadFile({
      ...settings,
      ...object,
      refuseSymlinks: true,
      skip: "same",
      resume: "require",
      checkpoints: NO_CHECKPOINTS,
      signal,
    });
  } catch (error) {
    if (error instanceof CheckpointError) return undefined;
    throw error;
  }
}
