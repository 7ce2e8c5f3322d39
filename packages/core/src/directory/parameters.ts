import { REQUEST_LIMITS } from "../params/call-options.ts";
import { callback, checkpointPlace, flag, globs, oneOf, text, wholeNumber } from "../params/checks.ts";
import type { ContentTypeInference } from "../params/content-type.ts";
import { checkKeyPrefix } from "../params/key.ts";
import { OBJECT_HEADERS, type ObjectHeaders } from "../params/object-headers.ts";
import {
  BODY,
  BUCKET,
  INFER_CONTENT_TYPE,
  MULTIPART,
  SIGNAL,
  TRAFFIC_LIMIT,
} from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import type { MultipartOptions, UploadFileParameters } from "../transfers/parameters.ts";

/** The parameters of uploadDirectory. */
export const UPLOAD_DIRECTORY = {
  name: "uploadDirectory",
  parameters: {
    Bucket: BUCKET,
    LocalDirectoryPath: { check: text, required: true },
    Prefix: { check: checkKeyPrefix },
    include: { check: globs },
    exclude: { check: globs },
    followSymlinks: { check: flag },
    /** Files under way at once. */
    concurrency: { check: wholeNumber(1, 1000) },
    contentType: { check: callback },
    inferContentType: INFER_CONTENT_TYPE,
    onFile: { check: callback },
    signal: SIGNAL,
    maxAttempts: REQUEST_LIMITS.maxAttempts,
    responseTimeoutMs: REQUEST_LIMITS.responseTimeoutMs,
    EnableMD5: BODY.EnableMD5,
    TrafficLimit: TRAFFIC_LIMIT,
    ...OBJECT_HEADERS,
    ...MULTIPART,
    checkpoints: { check: checkpointPlace },
    resume: { check: oneOf("auto", "require", "server", "off") },
    skip: { check: oneOf("never", "exists", "same") },
  },
} as const satisfies Method;

/** The parameters of uploadDirectory: which files, and how each is uploaded. */
export interface UploadDirectoryParameters
  extends ObjectHeaders,
    MultipartOptions,
    ContentTypeInference,
    Pick<
      UploadFileParameters,
      | "Bucket"
      | "signal"
      | "maxAttempts"
      | "responseTimeoutMs"
      | "EnableMD5"
      | "TrafficLimit"
      | "checkpoints"
      | "resume"
      | "skip"
    > {
  /** The folder; keys are made of the paths below it. */
  readonly LocalDirectoryPath: string;
  /** What the keys begin with, `logs/2026/` for one; a file's path below the directory follows. Default: nothing. */
  readonly Prefix?: string | undefined;
  /** Globs of paths below the directory; a pattern without "/" matches names at any depth. Default: all. */
  readonly include?: readonly string[] | undefined;
  /** Globs of what to leave out; stronger than `include`. */
  readonly exclude?: readonly string[] | undefined;
  /** Default false: symbolic links are skipped, and reported so. */
  readonly followSymlinks?: boolean | undefined;
  /** Files under way at once; default 5. Their parts share the client's memory. */
  readonly concurrency?: number | undefined;
  /**
   * The Content-Type of each file by its path; `ContentType` is for all of them. Without either, the type is inferred
   * from each key's extension.
   */
  readonly contentType?: ((relativePath: string) => string | undefined) | undefined;
  /** Called with the result of each file as soon as it is known. */
  readonly onFile?: ((result: FileResult) => void) | undefined;
}

/** The result of one name in the directory. */
export interface FileResult {
  /** Below the directory, with "/" between names. */
  readonly relativePath: string;
  /** The key it has, or would have had. */
  readonly Key: string;
  /** `skipped`: nothing was to be done, `reason` says why. */
  readonly status: "uploaded" | "skipped" | "failed";
  /** Why it was skipped: `exists`, `same`, `symlink`, `special`, `unreadable`, … */
  readonly reason?: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** With its quotes, as COS gives it. */
  readonly ETag?: string | undefined;
  /** CRC64-ECMA as unsigned decimal. */
  readonly crc64?: string | undefined;
  /** The object's version, in a bucket with versions. */
  readonly versionId?: string | undefined;
  /** Requests that sent bytes of the file. */
  readonly partsSent: number;
  /** Parts that COS held from an earlier call. */
  readonly partsResumed: number;
  /** Why it failed. */
  readonly error?: unknown;
}

/** The result of uploadDirectory. */
export interface UploadDirectoryResult {
  /** Number of files that were uploaded. */
  readonly uploaded: number;
  /** Number of names that were skipped: not to be uploaded, or stored already. */
  readonly skipped: number;
  /** Number of files that failed; `failures` has their errors. */
  readonly failed: number;
  /** Bytes of the files that were uploaded. */
  readonly bytes: number;
  /** Requests that sent bytes, of all files. */
  readonly partsSent: number;
  /** Parts that COS held from earlier calls, of all files. */
  readonly partsResumed: number;
  /** Every file that failed, with its error; call again to upload just what is missing (with `skip: "same"`). */
  readonly failures: readonly FileResult[];
}
