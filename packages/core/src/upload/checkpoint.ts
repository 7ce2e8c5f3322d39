/** One part that COS has acknowledged. */
export interface CheckpointPart {
  readonly partNumber: number;
  readonly etag: string;
  /** CRC64-ECMA of the part as unsigned decimal. */
  readonly crc64: string;
}

/** All that another process needs to go on with an upload. Plain JSON; holds no credentials. */
export interface Checkpoint {
  readonly version: 1;
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
  /** Bytes of the source. */
  readonly size: number;
  /** Bytes of each part but the last. */
  readonly partSize: number;
  readonly fingerprint: string;
  /** The object's headers as initiated; a resumed upload must ask for the same. */
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: readonly CheckpointPart[];
}

/**
 * Where checkpoints live. `id` is a short lower-case hex string naming one (endpoint, Bucket, Key).
 * Values are JSON text; a store writes it whole or not at all.
 */
export interface CheckpointStore {
  /** The stored text, or undefined when there is none. */
  load(id: string): Promise<string | undefined>;
  save(id: string, text: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Takes the exclusive right to `id`; undefined when another upload holds it. */
  lock(id: string): Promise<CheckpointLock | undefined>;
}

export interface CheckpointLock {
  release(): Promise<void>;
}
