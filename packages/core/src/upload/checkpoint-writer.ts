import type { CheckpointStore } from "../runtime/checkpoint-store.ts";
import { type Clock, sleep } from "../runtime/clock.ts";
import { messageOf } from "../text/message-of.ts";
import type { Checkpoint, CheckpointPart } from "./checkpoint.ts";
import { encodeCheckpoint } from "./checkpoint-codec.ts";
import type { WarningCallback } from "./options.ts";
import type { Progress } from "./progress.ts";
import { warn } from "./warn.ts";

/** Parts that are recorded within this time share one write. */
const COALESCE_MS = 100;
/** Added for each part, because a long checkpoint takes longer to write: 10 000 parts are written once a second. */
const COALESCE_MS_PER_PART = 0.1;

/** A part that COS holds. */
export interface RecordedPart {
  /** 1 to 10 000. */
  readonly partNumber: number;
  /** Without its quotes. */
  readonly etag: string;
  readonly crc64: bigint;
  /** Bytes of the part. */
  readonly length: number;
  /** False: COS gave no checksum of the part that could be compared. */
  readonly verified?: boolean | undefined;
}

/** What a {@link CheckpointWriter} writes, and where. */
export interface WriterOptions {
  readonly store: CheckpointStore | undefined;
  readonly id: string;
  readonly base: Omit<Checkpoint, "parts">;
  /** Parts of the earlier checkpoint: each stays until this call has recorded the part itself. */
  readonly known: readonly CheckpointPart[];
  /** Whether the store has a checkpoint of this upload already. */
  readonly saved: boolean;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly onWarning: WarningCallback | undefined;
}

/**
 * Writes the parts that COS holds to the checkpoint, and reports their bytes as progress once they are written: the
 * caller never sees more progress than a resume would find. Without a store it reports them at once. When the store
 * fails, the upload continues without its checkpoint.
 */
export class CheckpointWriter {
  readonly #options: WriterOptions;
  readonly #parts = new Map<number, RecordedPart>();
  #unreportedBytes = 0;
  /** Of them, those that this call has sent. */
  #unreportedSent = 0;
  #writing: Promise<void> | undefined;
  readonly #flushed = new AbortController();
  #degraded = false;
  #saved: boolean;
  /** What a callback threw while no call was waiting for it. */
  #failure: { readonly error: unknown } | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#saved = options.saved;
  }

  /** All recorded parts in the order of their numbers. */
  get parts(): RecordedPart[] {
    return [...this.#parts.values()].sort((a, b) => a.partNumber - b.partNumber);
  }

  /** Whether the store has a checkpoint of this upload, so that a later call finds it. */
  get saved(): boolean {
    return this.#saved;
  }

  /**
   * Writes the checkpoint now. Call it before the first part is sent: then every upload with parts has a checkpoint.
   * When the store fails, this warns once and never writes again.
   */
  async save(): Promise<void> {
    const { store, id, base, known } = this.#options;
    if (store === undefined || this.#degraded) return;
    const merged = new Map<number, RecordedPart | CheckpointPart>();
    for (const part of known) merged.set(part.partNumber, part);
    for (const part of this.#parts.values()) merged.set(part.partNumber, part);
    const parts = [...merged.values()].map(checkpointPart);
    try {
      await store.save(id, encodeCheckpoint({ ...base, parts }));
      this.#saved = true;
    } catch (cause) {
      this.#degraded = true;
      const message = `the checkpoint cannot be written (${messageOf(cause)}); the upload goes on, but could not be resumed`;
      warn(this.#options, "checkpoint-degraded", message, base.UploadId);
    }
  }

  /**
   * Records a part, to be written soon. Throws what a callback threw since the last call.
   * @param sent whether this call has sent it; otherwise an earlier one had
   */
  record(part: RecordedPart, sent: boolean): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#parts.set(part.partNumber, part);
    this.#unreportedBytes += part.length;
    if (sent) {
      this.#unreportedSent += part.length;
      this.#options.progress.received(part.length);
    }
    if (this.#options.store === undefined) this.#report();
    else this.#writing ??= this.#writeSoon();
  }

  /** Writes at once what is not written yet. Call it when no more parts come. */
  async flush(): Promise<void> {
    this.#flushed.abort();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#unreportedBytes > 0) await this.#write();
  }

  #writeSoon(): Promise<void> {
    return this.#write().catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  async #write(): Promise<void> {
    const pauseMs = COALESCE_MS + this.#parts.size * COALESCE_MS_PER_PART;
    await sleep(this.#options.clock, pauseMs, this.#flushed.signal).catch(() => {});
    // Parts that are recorded during the write are in the next one.
    const writtenBytes = this.#unreportedBytes;
    const writtenSent = this.#unreportedSent;
    await this.save();
    this.#writing = undefined;
    this.#report(writtenBytes, writtenSent);
    if (this.#unreportedBytes > 0 && !this.#flushed.signal.aborted) this.#writing = this.#writeSoon();
  }

  #report(bytes = this.#unreportedBytes, sent = this.#unreportedSent): void {
    this.#unreportedBytes -= bytes;
    this.#unreportedSent -= sent;
    this.#options.progress.add(bytes, sent);
  }
}

/** A part as the checkpoint contains it: its CRC64 is text there. */
function checkpointPart({
  partNumber,
  etag,
  crc64,
  verified,
}: RecordedPart | CheckpointPart): CheckpointPart {
  const part = { partNumber, etag, crc64: String(crc64) };
  return verified === false ? { ...part, verified } : part;
}
