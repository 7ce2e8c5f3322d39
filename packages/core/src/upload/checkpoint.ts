/** One part that COS has acknowledged. */
export interface CheckpointPart {
  /** 1 to 10 000. */
  readonly partNumber: number;
  /** Without its quotes. */
  readonly etag: string;
  /** CRC64-ECMA of the part as unsigned decimal. */
  readonly crc64: string;
  /** False: COS gave no checksum of the part that could be compared. */
  readonly verified?: boolean | undefined;
}

/** All that another process needs to go on with an upload. Plain JSON; holds no credentials. */
export interface Checkpoint {
  /** Of this format. Version 1 had no endpoint, and only sources of known size; it is read, but no longer written. */
  readonly version: 1 | 2;
  /** BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** Scheme, host and path prefix of an endpoint of the caller's own; empty: COS itself. Undefined in version 1. */
  readonly endpoint?: string | undefined;
  /** Names the multipart upload. */
  readonly UploadId: string;
  /** Bytes of the source; null: a stream of unknown length. */
  readonly size: number | null;
  /** Bytes of each part but the last; of a stream of unknown length, whose parts grow, those of the first. */
  readonly partSize: number;
  /** Names the content of the source; see {@link ByteSource.fingerprint}. Null: every stored part is compared. */
  readonly fingerprint: string | null;
  /** The headers that COS stores with the object, without secrets; a resumed upload must ask for the same. */
  readonly headers: Readonly<Record<string, string>>;
  /** What COS has acknowledged. */
  readonly parts: readonly CheckpointPart[];
}
