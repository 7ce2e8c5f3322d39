import type { CheckpointStore } from "../runtime/checkpoint-store.ts";
import { type Clock, sleep } from "../runtime/clock.ts";
import type { Checkpoint, CheckpointPart } from "./checkpoint.ts";
import { encodeCheckpoint } from "./checkpoint-codec.ts";
import type { WarningCallback } from "./options.ts";
import type { Progress } from "./progress.ts";

/** Acknowledgements within this time share one write. */
const COALESCE_MS = 100;
/** Writing a long checkpoint takes longer: with 10 000 parts it is written once a second. */
const COALESCE_MS_PER_PART = 0.1;

/** One acknowledged part, and how many bytes it stands for. */
export interface Acknowledged extends CheckpointPart {
  readonly length: number;
}

/**
 * Keeps what COS has acknowledged: first in the checkpoint, then in the progress that the caller sees. Without a
 * store, straight in the progress. A store that fails costs the resume, never the upload.
 */
export class Recorder {
  readonly #store: CheckpointStore | undefined;
  readonly #id: string;
  readonly #base: Omit<Checkpoint, "parts">;
  readonly #clock: Clock;
  readonly #progress: Progress;
  readonly #onWarning: WarningCallback | undefined;
  /** What an earlier run knew: kept until this run has looked at the part itself. */
  readonly #known: readonly CheckpointPart[];
  readonly #parts = new Map<number, Acknowledged>();
  #untold = 0;
  #writing: Promise<void> | undefined;
  readonly #stopped = new AbortController();
  #degraded = false;
  #kept: boolean;
  /** What a callback threw while nobody was waiting. */
  #failure: { readonly error: unknown } | undefined;

  constructor(options: {
    store: CheckpointStore | undefined;
    id: string;
    base: Omit<Checkpoint, "parts">;
    known: readonly CheckpointPart[];
    /** Whether the store holds a checkpoint of this upload already. */
    kept: boolean;
    clock: Clock;
    progress: Progress;
    onWarning: WarningCallback | undefined;
  }) {
    this.#store = options.store;
    this.#id = options.id;
    this.#base = options.base;
    this.#known = options.known;
    this.#kept = options.kept;
    this.#clock = options.clock;
    this.#progress = options.progress;
    this.#onWarning = options.onWarning;
  }

  /** All acknowledged parts in the order of their numbers. */
  get parts(): Acknowledged[] {
    return [...this.#parts.values()].sort((a, b) => a.partNumber - b.partNumber);
  }

  /** Whether a checkpoint names this upload, so that a later call finds it. */
  get kept(): boolean {
    return this.#kept;
  }

  /** Writes the checkpoint now; before the first part is sent, so that the upload can always be found again. */
  async open(): Promise<void> {
    await this.#save();
  }

  acknowledge(part: Acknowledged): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#parts.set(part.partNumber, part);
    this.#untold += part.length;
    if (this.#store === undefined) this.#tell();
    else this.#writing ??= this.#writeSoon();
  }

  /** Writes what is not written yet, and waits for it. */
  async flush(): Promise<void> {
    this.#stopped.abort();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#untold > 0) await this.#write();
  }

  #writeSoon(): Promise<void> {
    return this.#write().catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  async #write(): Promise<void> {
    const pauseMs = COALESCE_MS + this.#parts.size * COALESCE_MS_PER_PART;
    await sleep(this.#clock, pauseMs, this.#stopped.signal).catch(() => {});
    const told = this.#untold;
    await this.#save();
    this.#writing = undefined;
    this.#tell(told);
    if (this.#untold > 0 && !this.#stopped.signal.aborted) this.#writing = this.#writeSoon();
  }

  async #save(): Promise<void> {
    if (this.#store === undefined || this.#degraded) return;
    const merged = new Map([...this.#known, ...this.#parts.values()].map((part) => [part.partNumber, part]));
    const listed = [...merged.values()].map(({ partNumber, etag, crc64, verified }) =>
      verified === false ? { partNumber, etag, crc64, verified } : { partNumber, etag, crc64 },
    );
    try {
      await this.#store.save(this.#id, encodeCheckpoint({ ...this.#base, parts: listed }));
      this.#kept = true;
    } catch (cause) {
      this.#degraded = true;
      const detail = cause instanceof Error ? cause.message : String(cause);
      this.#onWarning?.({
        code: "checkpoint-degraded",
        message: `the checkpoint cannot be written (${detail}); the upload goes on, but could not be resumed`,
        uploadId: this.#base.UploadId,
      });
    }
  }

  #tell(bytes = this.#untold): void {
    this.#untold -= bytes;
    this.#progress.add(bytes);
  }
}
