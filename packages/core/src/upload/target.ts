/** What COS says of an object or a part that it has stored. */
export interface StoredResponse {
  /** Without quotes. */
  readonly etag: string;
  /** `x-cos-hash-crc64ecma`, when the answer carried one. */
  readonly crc64: bigint | undefined;
}

export interface StoredObject extends StoredResponse {
  readonly location: string | undefined;
  readonly versionId: string | undefined;
  readonly requestId: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ListedPart {
  readonly partNumber: number;
  readonly size: number;
  readonly etag: string;
}

/** All that the uploader knows of COS: one object to be. */
export interface UploadTarget {
  /** The object in one request. `md5` is sent as Content-MD5 when given. */
  put(body: Uint8Array, md5: Uint8Array | undefined, signal: AbortSignal): Promise<StoredObject>;
  /** Begins a multipart upload; never repeated after a lost answer. */
  initiate(signal: AbortSignal): Promise<string>;
  putPart(
    uploadId: string,
    partNumber: number,
    body: Uint8Array,
    md5: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<StoredResponse>;
  listParts(uploadId: string, signal: AbortSignal): AsyncIterable<ListedPart>;
  /** Publishes; never repeated after a lost answer. */
  complete(
    uploadId: string,
    parts: readonly { readonly partNumber: number; readonly etag: string }[],
    signal: AbortSignal,
  ): Promise<StoredObject>;
  abort(uploadId: string, signal?: AbortSignal): Promise<void>;
  /** The object as it stands, or undefined when there is none. */
  head(signal: AbortSignal): Promise<(StoredObject & { readonly size: number }) | undefined>;
  /** Unfinished uploads of exactly this key, newest first. */
  unfinished(signal: AbortSignal): Promise<string[]>;
}
