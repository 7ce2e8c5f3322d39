import { raceAbort } from "../abort/race-abort.ts";
import { CheckpointError, CosError } from "../errors.ts";
import type { CheckpointLock, CheckpointStore } from "../runtime/checkpoint-store.ts";
import { messageOf } from "../text/message-of.ts";
import type { UploadOptions } from "./options.ts";
import { warn } from "./warn.ts";

/**
 * Takes the lock of a checkpoint. Undefined when the store failed: the upload then continues without a checkpoint.
 * @throws {CheckpointError} another upload holds the lock, or the store failed and the call requires a resume
 */
export async function lockCheckpoint(
  store: CheckpointStore,
  id: string,
  options: UploadOptions,
): Promise<CheckpointLock | undefined> {
  let lock: CheckpointLock | undefined;
  try {
    lock = await lockUnlessAborted(store, id, options.signal);
  } catch (cause) {
    options.signal?.throwIfAborted();
    const detail = messageOf(cause);
    if (options.resume === "require") {
      throw new CheckpointError(
        `the checkpoint cannot be locked (${detail})`,
        "checkpoint-unusable",
        cause,
        cause instanceof CosError ? cause.hint : undefined,
      );
    }
    const message = `checkpoints cannot be kept (${detail}); the upload goes on, but could not be resumed`;
    warn(options, "checkpoint-degraded", message);
    return undefined;
  }
  if (lock !== undefined) return lock;
  throw new CheckpointError(
    `another upload of ${options.Key} holds the checkpoint`,
    "checkpoint-locked",
    undefined,
    "wait until it has ended, or use other checkpoints",
  );
}

/** An abort does not wait for the store. A lock that the store grants after the abort is released at once. */
async function lockUnlessAborted(
  store: CheckpointStore,
  id: string,
  signal: AbortSignal | undefined,
): Promise<CheckpointLock | undefined> {
  const locking = store.lock(id);
  try {
    return await raceAbort(locking, signal);
  } catch (error) {
    locking.then((late) => late?.release()).catch(() => {});
    throw error;
  }
}
