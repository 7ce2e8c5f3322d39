/** A part that COS holds. */
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

/**
 * Everything that another process needs to resume an upload. Plain JSON, without credentials; `checkpoint-codec.ts` reads
 * and checks it.
 */
export interface Checkpoint {
  /** Version of the format. Version 1 has no endpoint and only sources of known size; it is read but no longer written. */
  readonly version: 1 | 2;
  /** BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** Scheme, host and path prefix of a custom endpoint; empty: COS itself. Undefined in version 1. */
  readonly endpoint?: string | undefined;
  /** The multipart upload. */
  readonly UploadId: string;
  /** Bytes of the source; null: a stream of unknown length. */
  readonly size: number | null;
  /** Bytes of each part but the last. In a stream of unknown length parts grow: bytes of the first one. */
  readonly partSize: number;
  /** Identifies the content of the source, see `fingerprint` of `ByteSource`. Null: every stored part is compared. */
  readonly fingerprint: string | null;
  /** The headers that COS stores with the object, without secrets; a resumed upload must ask for the same. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parts that COS holds. */
  readonly parts: readonly CheckpointPart[];
}
