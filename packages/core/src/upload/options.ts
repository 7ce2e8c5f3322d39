import type { DigestCore } from "../digest/digest-core.ts";
import type { CheckpointStore } from "../runtime/checkpoint-store.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ReaderOptions } from "./filled-part.ts";
import type { PartReader, PartsToRead } from "./part-reader.ts";

/** What is known of a transfer under way, in bytes. */
export interface ProgressDetails {
  /**
   * Bytes that COS holds, and that a later call would not send again: `consumed`. They are counted when their checkpoint
   * is written.
   */
  readonly acknowledged: number;
  /** Those of `acknowledged` that this call did not send: parts of an earlier call, or an object that was there already. */
  readonly resumed: number;
  /**
   * Bytes that are on their way: the socket has accepted them, and they are not acknowledged yet. `acknowledged` +
   * `inFlight` is what a bar shows. It decreases when a request fails and is sent again. Where the runtime does not tell
   * what its socket has accepted (Deno, Workers and Bun on a fast line, a `dispatcher` of the caller's), all bytes of the
   * requests under way. 0 for a copy, whose bytes do not leave COS.
   */
  readonly inFlight: number;
  /** Bytes per second over the last five seconds, without `resumed`; undefined in the first second. */
  readonly bytesPerSecond: number | undefined;
  /** Of `uploadDirectory`: the files under way, as they are during the callback. */
  readonly files?: Iterable<FileUnderWay> | undefined;
}

/** A file of a folder that is being uploaded. */
export interface FileUnderWay {
  /** Below the folder, with "/" between names. */
  readonly name: string;
  /** Bytes; undefined: not known yet. */
  readonly size: number | undefined;
  /** As in {@link ProgressDetails}. */
  readonly acknowledged: number;
  /** As in {@link ProgressDetails}. */
  readonly inFlight: number;
}

/**
 * Called when COS has acknowledged more bytes, and up to ten times a second while bytes are sent: with the bytes that COS
 * has acknowledged, the bytes in all (undefined while a stream of unknown length is being read), and details. The first
 * number never decreases, and equals the total only when the upload has succeeded: the last call. Of one PUT, COS
 * acknowledges nothing before its end; `details.inFlight` shows how far it is. What the callback throws fails the upload. An
 * async one is not awaited: what it rejects with is ignored, and the first time is a `console.warn`.
 */
export type ProgressCallback = (
  consumed: number,
  total: number | undefined,
  details: ProgressDetails,
) => void;

/** Something that the caller should know and that did not stop the upload. */
export interface UploadWarning {
  /** What happened, for programs. */
  readonly code:
    | "checkpoint-degraded"
    | "checkpoint-discarded"
    | "resume-discarded"
    | "upload-adopted"
    | "orphan-upload"
    | "memory-over-budget"
    | "unverified"
    | "limited-path-checks"
    | "http2-connection";
  /** What happened, for people. */
  readonly message: string;
  /** The upload that the warning is about. */
  readonly uploadId?: string | undefined;
}
/** Receives each warning when it occurs. What it throws or rejects with is ignored, and the first time is a `console.warn`. */
export type WarningCallback = (warning: UploadWarning) => void;

/**
 * - `auto`: resume the upload of the checkpoint if there is one that fits, otherwise begin from the start;
 * - `require`: fail if there is no upload to resume;
 * - `server`: without a checkpoint, adopt the newest unfinished upload of the key, as the Python SDK does. Every part is
 *   compared with the local bytes first. COS does not show the headers of an unfinished upload: a call that requests any
 *   (ContentType, ACL, StorageClass, …) adopts none, and an adoption is a warning;
 * - `off`: begin from the start.
 */
export type ResumeMode = "auto" | "require" | "server" | "off";

export interface UploadOptions {
  readonly Bucket: string;
  readonly Key: string;
  /** A custom endpoint: its checkpoint is used only there. Empty or not given: COS itself. */
  readonly endpoint?: string | undefined;
  /** Milliseconds after which a stream that gives no bytes fails; not given: never. */
  readonly sourceIdleMs?: number | undefined;
  /** Bytes of a part; more when the source would have more than 10 000 parts. */
  readonly partSize: number;
  /** Sources of up to this many bytes are uploaded by one PUT. */
  readonly threshold: number;
  readonly concurrency: number;
  readonly enableMd5: boolean;
  /** Base64 MD5 of the whole source, if the caller has given it. */
  readonly contentMd5: string | undefined;
  /** The object's headers: a resumed upload must have been initiated with the same. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The Content-Type that the target sends besides `headers`, inferred from a name. The caller did not request it, so an
   * upload that was initiated without it can be resumed: the object then keeps the type that it was initiated with.
   */
  readonly inferredType?: string | undefined;
  readonly checkpoints: CheckpointStore | undefined;
  readonly resume: ResumeMode;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ProgressCallback | undefined;
  readonly onWarning: WarningCallback | undefined;
}

/** Makes the reader of an upload whose parts are read while they are sent; undefined: they are read before. */
export type ReaderInBlocks = (
  parts: PartsToRead,
  options: ReaderOptions,
  upload: Pick<UploadOptions, "enableMd5">,
  /** `stored`: the parts that COS holds, which are compared before they are sent. */
  lengths: { readonly stored: ReadonlyMap<number, unknown> },
) => PartReader | undefined;

export interface UploadDependencies {
  readonly clock: Clock;
  /** Bytes that one MB of part size stands for; only a simulation makes it smaller. */
  readonly partUnit?: number | undefined;
  /** Bytes of the largest part that fits the memory budget; not given: no limit. */
  readonly largestPart?: number | undefined;
  /** `block-part-reader.ts`, where the runtime sends blocks; not given: parts are read before they are sent. */
  readonly readerInBlocks?: ReaderInBlocks | undefined;
  /** The digest core whose arena has room for parts of `partBytes`; one at a time above the memory budget. */
  digestCoreFor(partBytes: number): Promise<DigestCore>;
}
