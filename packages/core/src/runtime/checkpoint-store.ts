/**
 * Where checkpoints live. `id` is a short lower-case hex string naming one (Bucket, Key), and the endpoint when
 * it is not COS's own: bucket names are unique in COS.
 * Values are JSON text; a store writes it whole or not at all.
 */
export interface CheckpointStore {
  /** The stored text, or undefined when there is none. */
  load(id: string): Promise<string | undefined>;
  /** Replaces what was stored, in one step. */
  save(id: string, text: string): Promise<void>;
  /** Succeeds too when there is nothing. */
  remove(id: string): Promise<void>;
  /** Takes the exclusive right to `id`; undefined when another upload holds it. */
  lock(id: string): Promise<CheckpointLock | undefined>;
}

/** The exclusive right to a checkpoint. */
export interface CheckpointLock {
  /** Gives the right back. */
  release(): Promise<void>;
}
