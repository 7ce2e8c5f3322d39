/**
 * Where checkpoints are stored. `id` is a short lower-case hex string. It stands for one Bucket and Key, and for the
 * endpoint when that is not COS's own (bucket names are unique in COS). Values are JSON text. Uploads of different objects
 * call a store at the same time. When a method rejects, the upload continues without a checkpoint, except where the caller
 * requires a resume.
 */
export interface CheckpointStore {
  /** Returns the stored text, undefined when there is none. Core calls it once per upload, when it holds the lock. */
  load(id: string): Promise<string | undefined>;
  /**
   * Replaces the text in one step: after a crash, the store has the old text or the new one. Core calls it when it holds
   * the lock: before the first part is sent, then at most every 100 ms, and never twice at once.
   */
  save(id: string, text: string): Promise<void>;
  /** Removes the text; succeeds too when there is none. Core calls it when the object is stored or its upload is gone. */
  remove(id: string): Promise<void>;
  /**
   * Takes the exclusive right to `id`, also against other processes. Undefined when another upload holds it: the call
   * then fails, so the lock of a process that has ended must not count. Core calls it before `load`.
   */
  lock(id: string): Promise<CheckpointLock | undefined>;
}

/** The exclusive right to a checkpoint. */
export interface CheckpointLock {
  /** Gives the right back. Core calls it once, when the upload has ended. */
  release(): Promise<void>;
}

/**
 * Where an upload keeps its checkpoint. `true`: where the runtime keeps them by default. Text or a `file:` URL: a
 * directory. `false`: nowhere, also when the client has a default.
 */
export type Checkpoints = boolean | string | URL | CheckpointStore;
