import { raceAbort } from "../abort/race-abort.ts";
import { CheckpointError } from "../errors.ts";
import type { CheckpointLock, CheckpointStore } from "../runtime/checkpoint-store.ts";
import { messageOf } from "../text/message-of.ts";
import type { UploadWarning, WarningCallback } from "../upload/options.ts";
import { type DownloadIdentity, decodeRecord, encodeRecord, recordId } from "./download-record.ts";
import type { DownloadResumeMode } from "./parameters.ts";
import type { DoneRange } from "./ranges.ts";
import type { SourceObject } from "./source-object.ts";

/** What an earlier call has left. */
export type EarlierDownload = NonNullable<ReturnType<typeof decodeRecord>>;

export interface SessionOptions {
  readonly identity: DownloadIdentity;
  readonly store: CheckpointStore | undefined;
  readonly resume: DownloadResumeMode;
  readonly signal: AbortSignal | undefined;
  readonly onWarning: WarningCallback | undefined;
}

/**
 * The record of one download, from its lock to its removal. Without a store, or when the store is out of order, the same
 * methods do nothing, and the download cannot be resumed.
 */
export class RecordSession {
  /** Identifies the download. Another one of the same object to the same path has the same id, and waits for the lock. */
  readonly id: string;
  readonly earlier: EarlierDownload | undefined;
  readonly #options: SessionOptions;
  #lock: CheckpointLock | undefined;
  #saved: boolean;
  /** The store has failed. The lock stays, because another download would have the same unfinished file. */
  #isBroken = false;

  private constructor(
    id: string,
    options: SessionOptions,
    lock: CheckpointLock | undefined,
    earlier: EarlierDownload | undefined,
  ) {
    this.id = id;
    this.#options = options;
    this.#lock = lock;
    this.earlier = earlier;
    this.#saved = earlier !== undefined;
  }

  /**
   * Locks the record, and loads what an earlier call has left.
   * @throws {CheckpointError} another download holds it, or the call requires a resume and there can be none
   */
  static async open(options: SessionOptions): Promise<RecordSession> {
    const { store, resume } = options;
    const id = await recordId(options.identity);
    const lock = store === undefined ? undefined : await takeLock(store, id, options);
    let earlier: EarlierDownload | undefined;
    try {
      if (store !== undefined && lock !== undefined && resume !== "off") {
        earlier = await load(store, id, options);
      }
      if (earlier === undefined && resume === "require") {
        throw unusable("a resume is required, but there is no download to go on with");
      }
    } catch (error) {
      await lock?.release().catch(() => {});
      throw error;
    }
    return new RecordSession(id, options, lock, earlier);
  }

  /** Whether a failed download can be resumed: its record is locked by this call. */
  get keeps(): boolean {
    return this.#lock !== undefined;
  }

  /** Whether the store has a record of this download. */
  get saved(): boolean {
    return this.#saved && this.keeps;
  }

  /** Replaces the record. A store that fails is a warning, and is not asked again. */
  async save({ etag, size }: SourceObject, done: readonly DoneRange[]): Promise<void> {
    const { store, identity } = this.#options;
    if (store === undefined || this.#lock === undefined || this.#isBroken) return;
    const { Bucket, Key, path } = identity;
    try {
      await store.save(this.id, encodeRecord({ version: 1, Bucket, Key, path, etag, size }, done));
      this.#saved = true;
    } catch (cause) {
      const message = `the checkpoint cannot be written (${messageOf(cause)}); the download goes on, but could not be resumed`;
      this.#isBroken = true;
      warn(this.#options, "checkpoint-degraded", message);
    }
  }

  /** @param kept whether a later call can go on with the download */
  async close(kept: boolean): Promise<void> {
    if (!kept && this.#lock !== undefined) await this.#options.store?.remove(this.id).catch(() => {});
    const lock = this.#lock;
    this.#lock = undefined;
    await lock?.release().catch(() => {});
  }
}

async function takeLock(
  store: CheckpointStore,
  id: string,
  options: SessionOptions,
): Promise<CheckpointLock | undefined> {
  let lock: CheckpointLock | undefined;
  const locking = store.lock(id);
  try {
    lock = await raceAbort(locking, options.signal);
  } catch (cause) {
    locking.then((late) => late?.release()).catch(() => {});
    options.signal?.throwIfAborted();
    if (options.resume === "require") {
      throw unusable(`the checkpoint cannot be locked (${messageOf(cause)})`, cause);
    }
    const message = `checkpoints cannot be kept (${messageOf(cause)}); the download goes on, but could not be resumed`;
    warn(options, "checkpoint-degraded", message);
    return undefined;
  }
  if (lock !== undefined) return lock;
  const { Key, path } = options.identity;
  const hint = "wait until it has ended, or use other checkpoints";
  const text = `another download of ${Key} to ${path} holds the checkpoint`;
  throw new CheckpointError(text, "checkpoint-locked", undefined, hint);
}

async function load(
  store: CheckpointStore,
  id: string,
  options: SessionOptions,
): Promise<EarlierDownload | undefined> {
  const again = "the download begins from the start";
  let text: string | undefined;
  try {
    text = await store.load(id);
  } catch (cause) {
    if (options.resume === "require") throw unusable("the checkpoint cannot be read", cause);
    warn(options, "checkpoint-degraded", `the checkpoint cannot be read (${messageOf(cause)}); ${again}`);
    return undefined;
  }
  if (text === undefined) return undefined;
  const earlier = decodeRecord(text, options.identity);
  if (earlier === undefined) {
    warn(options, "checkpoint-discarded", `the checkpoint is damaged or of another version; ${again}`);
  }
  return earlier;
}

function unusable(text: string, cause?: unknown): CheckpointError {
  return new CheckpointError(text, "checkpoint-unusable", cause);
}

/** Reports something that does not stop the download. */
export function warn(
  { onWarning }: { readonly onWarning?: WarningCallback | undefined },
  code: UploadWarning["code"],
  message: string,
): void {
  onWarning?.({ code, message });
}
