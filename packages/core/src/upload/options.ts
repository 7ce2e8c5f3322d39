import type { DigestCore } from "../digest/digest-core.ts";
import type { CheckpointStore } from "../runtime/checkpoint-store.ts";
import type { Clock } from "../runtime/clock.ts";

/**
 * Told at every acknowledgement: bytes that COS holds, and the bytes in all (undefined while a stream of unknown
 * length is being read). Never goes backwards; reaches the total exactly when the upload has succeeded.
 */
export type ProgressCallback = (consumed: number, total: number | undefined) => void;

/** Something worth knowing that did not stop the upload. */
export interface UploadWarning {
  /** What happened, as programs tell it. */
  readonly code:
    | "checkpoint-degraded"
    | "checkpoint-discarded"
    | "resume-discarded"
    | "upload-adopted"
    | "orphan-upload"
    | "memory-over-budget"
    | "unverified"
    | "limited-path-checks";
  /** What happened, for people. */
  readonly message: string;
  /** The upload it is about. */
  readonly uploadId?: string | undefined;
}
/** Receives each warning when it occurs. */
export type WarningCallback = (warning: UploadWarning) => void;

/**
 * - `auto`: go on with the checkpoint's upload when there is one that fits, else begin anew;
 * - `require`: fail when there is nothing to go on with;
 * - `server`: without a checkpoint, adopt the newest unfinished upload of the key, as the Python SDK does; every
 *   part is compared with the local bytes first. COS does not show the headers of an unfinished upload: a call that asks
 *   for any (ContentType, ACL, StorageClass, …) adopts none, and an adoption is a warning;
 * - `off`: begin anew.
 */
export type ResumeMode = "auto" | "require" | "server" | "off";

export interface UploadOptions {
  readonly Bucket: string;
  readonly Key: string;
  /** Names the endpoint when it is not COS's own, so that a checkpoint is used there alone; empty or not given: COS. */
  readonly endpoint?: string | undefined;
  /** Milliseconds after which a stream that gives no bytes fails; not given: it may take its time. */
  readonly sourceIdleMs?: number | undefined;
  /** Bytes of a part, before it grows to keep within 10 000 parts. */
  readonly partSize: number;
  /** Sources up to this many bytes go up in one PUT. */
  readonly threshold: number;
  readonly concurrency: number;
  readonly enableMd5: boolean;
  /** Base64 MD5 of the whole, as the caller knows it. */
  readonly contentMd5: string | undefined;
  /** The object's headers: a resumed upload must have been initiated with the same. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The Content-Type that the target sends besides `headers`, because of a name. Nobody asked for it, so a resumed
   * upload may have been initiated without it: the object then keeps what it was initiated with.
   */
  readonly inferredType?: string | undefined;
  readonly checkpoints: CheckpointStore | undefined;
  readonly resume: ResumeMode;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ProgressCallback | undefined;
  readonly onWarning: WarningCallback | undefined;
}

export interface UploadDependencies {
  readonly clock: Clock;
  /** Bytes of one MB of part size, when a simulation makes it smaller. */
  readonly partUnit?: number | undefined;
  /** The largest part that memory has room for; not given: any. */
  readonly largestPart?: number | undefined;
  /** The digest core whose arena has room for parts of `partBytes`; one at a time above the memory budget. */
  digestCoreFor(partBytes: number): Promise<DigestCore>;
}
