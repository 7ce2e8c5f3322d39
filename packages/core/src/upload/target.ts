import type { CosError } from "../errors.ts";
import type { BodyFollower, BodyToRead } from "../http/sending.ts";

/** The checksums in COS's response for an object or a part that it has stored. */
export interface StoredResponse {
  /** Without quotes. */
  readonly etag: string;
  /** `x-cos-hash-crc64ecma`; undefined: the response has none. */
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

/** The content of one part. */
export interface PartToSend {
  readonly body: Uint8Array | BodyToRead;
  /** Sent as Content-MD5 when given. */
  readonly md5: Uint8Array | undefined;
}

/** Everything that the engine needs of COS, for one object. Each method is one request with its retries. */
export interface UploadTarget {
  /** Stores the object by one PUT. `md5` is sent as Content-MD5 when given. */
  put(
    body: Uint8Array,
    md5: Uint8Array | undefined,
    signal: AbortSignal,
    follower: BodyFollower | undefined,
  ): Promise<StoredObject>;
  /** Creates a multipart upload and returns its id; not repeated when the response is lost. */
  initiate(signal: AbortSignal): Promise<string>;
  putPart(
    uploadId: string,
    partNumber: number,
    part: PartToSend,
    signal: AbortSignal,
    follower: BodyFollower | undefined,
  ): Promise<StoredResponse>;
  listParts(uploadId: string, signal: AbortSignal): AsyncIterable<ListedPart>;
  /** Publishes the object; not repeated when the response is lost. */
  complete(
    uploadId: string,
    parts: readonly { readonly partNumber: number; readonly etag: string }[],
    signal: AbortSignal,
  ): Promise<StoredObject>;
  /**
   * Called before a request is sent again that is not repeated by its own method: it failed, or did not verify.
   * @param post which; undefined: the PUT of the part that the failure names, or of the object
   */
  readonly repeats?:
    | ((
        failure: CosError,
        delayMs?: number,
        post?: "createMultipartUpload" | "completeMultipartUpload",
      ) => void)
    | undefined;
  abort(uploadId: string, signal?: AbortSignal): Promise<void>;
  /** The object at the key, undefined when there is none. */
  head(signal: AbortSignal): Promise<(StoredObject & { readonly size: number }) | undefined>;
  /** Unfinished uploads of exactly this key, newest first. */
  unfinished(signal: AbortSignal): Promise<string[]>;
}
