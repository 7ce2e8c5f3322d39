import { CheckpointError } from "../errors.ts";
import { messageOf } from "../text/message-of.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { checkpointId, decodeCheckpoint } from "./checkpoint-codec.ts";
import type { UploadOptions, UploadWarning } from "./options.ts";

const ANEW = "the upload begins anew, and one that it named may be left behind";

/** Reads the checkpoint under `id`; one that cannot be read is as good as none. */
export async function loadCheckpoint(options: UploadOptions, id: string): Promise<Checkpoint | undefined> {
  let text: string | undefined;
  try {
    text = (await options.checkpoints?.load(id)) ?? (await moveFromVersion1(options, id));
  } catch (cause) {
    if (options.resume === "require") {
      throw new CheckpointError("the checkpoint cannot be read", "checkpoint-unusable", cause);
    }
    warn(options, "checkpoint-degraded", `the checkpoint cannot be read (${messageOf(cause)}); ${ANEW}`);
    return undefined;
  }
  if (text === undefined) return undefined;
  const checkpoint = decodeCheckpoint(text);
  const { Bucket, Key, endpoint = "" } = options;
  if (checkpoint?.Bucket !== Bucket || checkpoint.Key !== Key) {
    warn(options, "checkpoint-discarded", `the checkpoint is damaged or of another version; ${ANEW}`);
    return undefined;
  }
  // Version 1 does not say where its upload is.
  if (checkpoint.endpoint === undefined || checkpoint.endpoint === endpoint) return checkpoint;
  warn(
    options,
    "checkpoint-discarded",
    `the checkpoint is of an upload at ${checkpoint.endpoint || "COS itself"}, not at ${endpoint || "COS itself"}; ${ANEW}`,
    checkpoint.UploadId,
  );
  return undefined;
}

/**
 * The checkpoint of an endpoint of the caller's own stood under the name of Bucket and Key alone in version 1. It moves
 * to the name that it has now, unless another upload holds it.
 */
async function moveFromVersion1(options: UploadOptions, id: string): Promise<string | undefined> {
  const { checkpoints, Bucket, Key, endpoint = "" } = options;
  if (checkpoints === undefined || endpoint === "") return undefined;
  const oldId = await checkpointId(Bucket, Key);
  const text = await checkpoints.load(oldId);
  if (text === undefined || decodeCheckpoint(text)?.version !== 1) return undefined;
  const lock = await checkpoints.lock(oldId);
  if (lock === undefined) return undefined;
  try {
    await checkpoints.save(id, text);
    await checkpoints.remove(oldId);
    return text;
  } finally {
    await lock.release().catch(() => {});
  }
}

function warn(
  options: Pick<UploadOptions, "onWarning">,
  code: UploadWarning["code"],
  message: string,
  uploadId?: string,
): void {
  options.onWarning?.({ code, message, uploadId });
}
