/** One part that COS has acknowledged. */
export interface CheckpointPart {
  /** 1 to 10 000. */
  readonly partNumber: number;
  /** Without its quotes. */
  readonly etag: string;
  /** CRC64-ECMA of the part as unsigned decimal. */
  readonly crc64: string;
}

/** All that another process needs to go on with an upload. Plain JSON; holds no credentials. */
export interface Checkpoint {
  /** Of this format. */
  readonly version: 1;
  /** BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** Names the multipart upload. */
  readonly UploadId: string;
  /** Bytes of the source. */
  readonly size: number;
  /** Bytes of each part but the last. */
  readonly partSize: number;
  /** Names the content of the source; see {@link ByteSource.fingerprint}. */
  readonly fingerprint: string;
  /** The object's headers as initiated, without keys of SSE-C; a resumed upload must ask for the same. */
  readonly headers: Readonly<Record<string, string>>;
  /** What COS has acknowledged. */
  readonly parts: readonly CheckpointPart[];
}

/**
 * Where checkpoints live. `id` is a short lower-case hex string naming one (Bucket, Key): bucket names are unique in COS.
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
