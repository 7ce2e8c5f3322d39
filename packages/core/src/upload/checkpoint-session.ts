import { CheckpointError, CosError } from "../errors.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import type { CheckpointLock, CheckpointStore } from "../runtime/checkpoint-store.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { checkpointId, keptHeaders } from "./checkpoint-codec.ts";
import { CheckpointWriter } from "./checkpoint-writer.ts";
import { loadCheckpoint } from "./load-checkpoint.ts";
import { lockCheckpoint } from "./lock-checkpoint.ts";
import type { UploadOptions } from "./options.ts";
import { isNoSuchUpload } from "./resolve-outcome.ts";
import type { UploadJob } from "./upload-job.ts";

/**
 * Why a session ends.
 * - `stored`: the object is in COS, so the checkpoint is removed;
 * - `kept`: a later call can resume the upload, so the checkpoint stays;
 * - `gone`: COS no longer knows the upload, so its checkpoint is removed.
 */
export type SessionEnd = "stored" | "kept" | "gone";

/** The upload that a session records. */
export interface UploadInSession {
  readonly uploadId: string;
  readonly partSize: number;
  /** The checkpoint that it resumes; undefined: the upload has none yet. */
  readonly checkpoint: Checkpoint | undefined;
}

/** A checkpoint in its store, locked. */
interface LockedCheckpoint {
  readonly store: CheckpointStore;
  readonly id: string;
  readonly lock: CheckpointLock;
}

/**
 * The checkpoint of one upload in parts, from its lock to its removal: {@link open} locks and loads it, {@link record}
 * gives the writer that updates it, {@link close} removes or keeps it and releases the lock. Without a store, or when
 * the store is out of order, the same methods do nothing and the upload is not resumable.
 */
export class CheckpointSession {
  /** The checkpoint of an earlier call. */
  readonly earlier: Checkpoint | undefined;
  readonly #job: UploadJob;
  readonly #locked: LockedCheckpoint | undefined;
  #writer: CheckpointWriter | undefined;

  private constructor(job: UploadJob, locked?: LockedCheckpoint, earlier?: Checkpoint) {
    this.#job = job;
    this.#locked = locked;
    this.earlier = earlier;
  }

  /**
   * Locks the checkpoint of an upload, and loads what an earlier call has left there.
   * @throws {CheckpointError} another upload holds it; or the call requires a resume, and there can be no checkpoint or
   *   the store failed
   */
  static async open(job: UploadJob): Promise<CheckpointSession> {
    const { options } = job;
    const store = storeFor(job.source, options);
    if (store === undefined) return new CheckpointSession(job);
    const id = await checkpointId(options.Bucket, options.Key, options.endpoint);
    const lock = await lockCheckpoint(store, id, options);
    if (lock === undefined) return new CheckpointSession(job);
    try {
      return new CheckpointSession(job, { store, id, lock }, await loadCheckpoint(store, id, options));
    } catch (error) {
      await release(lock);
      throw error;
    }
  }

  /** Whether the store has a checkpoint of this upload, so that a later call can resume it. */
  get saved(): boolean {
    return this.#writer?.saved === true;
  }

  /** The writer that records the parts of `upload`; one for each session. */
  record({ uploadId, partSize, checkpoint }: UploadInSession): CheckpointWriter {
    const { source, options, dependencies, progress } = this.#job;
    this.#writer = new CheckpointWriter({
      store: this.#locked?.store,
      id: this.#locked?.id ?? "",
      base: {
        version: 2,
        Bucket: options.Bucket,
        Key: options.Key,
        endpoint: options.endpoint ?? "",
        UploadId: uploadId,
        size: source.size ?? null,
        partSize,
        fingerprint: source.fingerprint ?? null,
        headers: keptHeaders(options.headers),
      },
      known: checkpoint?.parts ?? [],
      saved: checkpoint !== undefined,
      clock: dependencies.clock,
      progress,
      onWarning: options.onWarning,
    });
    return this.#writer;
  }

  /** Adds a hint to the failure of an upload that has a checkpoint: what the same call will do. */
  explain(failure: unknown, uploadId: string): void {
    if (!this.saved || !(failure instanceof CosError)) return;
    failure.hint ??= isNoSuchUpload(failure)
      ? `COS no longer knows upload ${uploadId}: make the same call again to begin again`
      : `what COS has acknowledged is kept: make the same call again to go on with upload ${uploadId}`;
  }

  /** Ends the session. A store that fails now does not fail the call: an old checkpoint is discarded by the next one. */
  async close(end: SessionEnd): Promise<void> {
    if (this.#locked === undefined) return;
    const { store, id, lock } = this.#locked;
    if (end === "stored" || (end === "gone" && this.saved)) await store.remove(id).catch(() => {});
    await release(lock);
  }
}

/** The store to use; undefined: the call gives none, or nothing could identify the source again. */
function storeFor(source: ByteSource, options: UploadOptions): CheckpointStore | undefined {
  // A stream has no fingerprint, but each of its stored parts is compared when it is given again.
  const identifiable = source.fingerprint !== undefined || source.access === "sequential";
  const store = identifiable ? options.checkpoints : undefined;
  if (store === undefined && options.resume === "require") {
    throw new CheckpointError(
      "a resume is required, but this source or call has no checkpoint",
      "checkpoint-unusable",
    );
  }
  return store;
}

async function release(lock: CheckpointLock): Promise<void> {
  await lock.release().catch(() => {});
}
