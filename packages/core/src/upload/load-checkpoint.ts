import { CheckpointError } from "../errors.ts";
import type { CheckpointStore } from "../runtime/checkpoint-store.ts";
import { messageOf } from "../text/message-of.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { checkpointId, decodeCheckpoint } from "./checkpoint-codec.ts";
import type { UploadOptions } from "./options.ts";
import { warn } from "./warn.ts";

const NEW_UPLOAD = "a new upload begins, and the one that it named may be left behind";

/**
 * Loads the checkpoint that the store holds under `id`. Undefined when there is none, and when it is damaged or of
 * another object: resume never uses half of a checkpoint.
 * @throws {CheckpointError} the store failed and the call requires a resume
 */
export async function loadCheckpoint(
  store: CheckpointStore,
  id: string,
  options: UploadOptions,
): Promise<Checkpoint | undefined> {
  let text: string | undefined;
  try {
    text = (await store.load(id)) ?? (await moveFromVersion1(store, id, options));
  } catch (cause) {
    if (options.resume === "require") {
      throw new CheckpointError("the checkpoint cannot be read", "checkpoint-unusable", cause);
    }
    const message = `the checkpoint cannot be read (${messageOf(cause)}); ${NEW_UPLOAD}`;
    warn(options, "checkpoint-degraded", message);
    return undefined;
  }
  return text === undefined ? undefined : decodeFor(options, text);
}

/** Decodes a checkpoint; undefined, with a warning, unless it is of this object at this endpoint. */
function decodeFor(options: UploadOptions, text: string): Checkpoint | undefined {
  const checkpoint = decodeCheckpoint(text);
  const { Bucket, Key, endpoint = "" } = options;
  if (checkpoint?.Bucket !== Bucket || checkpoint.Key !== Key) {
    warn(options, "checkpoint-discarded", `the checkpoint is damaged or of another version; ${NEW_UPLOAD}`);
    return undefined;
  }
  // Version 1 does not contain the endpoint of its upload.
  if (checkpoint.endpoint === undefined || checkpoint.endpoint === endpoint) return checkpoint;
  const [there, here] = [checkpoint.endpoint || "COS itself", endpoint || "COS itself"];
  const message = `the checkpoint is of an upload at ${there}, not at ${here}; ${NEW_UPLOAD}`;
  warn(options, "checkpoint-discarded", message, checkpoint.UploadId);
  return undefined;
}

/**
 * Version 1 stored the checkpoint of a custom endpoint under an id made of Bucket and Key alone. This moves it to its
 * present id, unless another upload holds the old one.
 */
async function moveFromVersion1(
  store: CheckpointStore,
  id: string,
  { Bucket, Key, endpoint = "" }: UploadOptions,
): Promise<string | undefined> {
  if (endpoint === "") return undefined;
  const oldId = await checkpointId(Bucket, Key);
  const text = await store.load(oldId);
  if (text === undefined || decodeCheckpoint(text)?.version !== 1) return undefined;
  const lock = await store.lock(oldId);
  if (lock === undefined) return undefined;
  try {
    await store.save(id, text);
    await store.remove(oldId);
    return text;
  } finally {
    await lock.release().catch(() => {});
  }
}
