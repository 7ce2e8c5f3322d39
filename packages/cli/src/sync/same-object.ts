import { CheckpointError, type CheckpointStore, type NodeCosClient, type UploadResult } from "@cosup/node";
import type { UploadSource } from "../site/upload-source.ts";

/** Without a checkpoint, an upload that must be resumed fails before it sends anything. */
const NO_CHECKPOINTS: CheckpointStore = {
  load: async () => undefined,
  save: async () => {},
  remove: async () => {},
  lock: async () => ({ release: async () => {} }),
};

/**
 * Returns the object that makes the upload of a file unnecessary: it has the same bytes, and every header that
 * `source` asks for. Undefined: there is none. Sends one HEAD, and reads the file if the sizes agree.
 */
export async function findSameObject(
  client: NodeCosClient,
  object: { readonly Bucket: string; readonly Key: string },
  source: UploadSource["parameters"],
  signal: AbortSignal,
): Promise<UploadResult | undefined> {
  try {
    return await client.uploadFile({
      ...source,
      ...object,
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
