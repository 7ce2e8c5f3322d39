import { checkpointStore, flag, oneOf, unchecked } from "../params/checks.ts";
import type { ContentTypeInference } from "../params/content-type.ts";
import { OBJECT_HEADERS, type ObjectHeaders } from "../params/object-headers.ts";
import { BODY, ENGINE, INFER_CONTENT_TYPE, LOCAL_FILE_PATH, OBJECT } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import type { ObjectParameters } from "../requests/object-parameters.ts";
import type { CheckpointStore } from "../runtime/checkpoint-store.ts";
import type { SkipMode } from "../upload/identical-object.ts";
import type { Body } from "../upload/open-body.ts";
import type { ProgressCallback, ResumeMode, WarningCallback } from "../upload/options.ts";
import type { BodyParameters } from "./body-parameters.ts";

/** How an upload in parts is done. */
export interface MultipartOptions {
  /**
   * MB (1 048 576 bytes) per part, 1 to 5120; grows so that 10 000 parts suffice. Default 1, for streams 8; on Workers 8
   * for all, and more where the subrequests would not suffice otherwise. The parts of a stream of unknown length grow
   * from the 2501st on, twice as large every 300, up to 1 GB, so that 5 TB fit. A part is held in memory: one that is
   * larger than `memoryBudget` is held besides it, one such part at a time for all uploads of the client, and warned of
   * (`memory-over-budget`); 4094 MB at most.
   */
  readonly PartSize?: number | undefined;
  /** Parts under way at once; default 5. */
  readonly MAXThread?: number | undefined;
  /** Receives the bytes that COS has acknowledged so far. */
  readonly onProgress?: ProgressCallback | undefined;
  /** Receives what did not stop the upload but matters, such as an orphaned upload. */
  readonly onWarning?: WarningCallback | undefined;
}

/** What {@link CosClient.putObject} takes. */
export interface PutObjectParameters
  extends ObjectParameters,
    BodyParameters,
    ObjectHeaders,
    ContentTypeInference,
    MultipartOptions {
  /** What to upload. */
  readonly Body: Body;
}

/** What {@link CosClient.putObjectFromLocalFile} takes. */
export interface PutObjectFromLocalFileParameters
  extends ObjectParameters,
    BodyParameters,
    ObjectHeaders,
    ContentTypeInference,
    MultipartOptions {
  /** Path or file: URL. A change of the file during the upload is noticed as `uploadFile` says. */
  readonly LocalFilePath: string | URL;
}

/** What {@link CosClient.uploadFile} takes. */
export interface UploadFileParameters
  extends ObjectParameters,
    BodyParameters,
    ObjectHeaders,
    ContentTypeInference,
    MultipartOptions {
  /**
   * Path or file: URL. Either this or `Body`. A file that changes during the upload is refused (`source-changed`), by its
   * size and its modification and change times; where only the last moved, it is read again. What another process
   * writes through a memory mapping of the file moves none of them while the page is already dirty, so it goes unnoticed,
   * and the object may then mix old bytes and new: do not upload a file that a program has mapped for writing.
   */
  readonly LocalFilePath?: string | URL | undefined;
  /**
   * Upload `LocalFilePath` only if it is a regular file that no symbolic link leads to, neither its own name nor a
   * folder's above it; default false. `uploadDirectory` uploads every file so, by its path without links.
   */
  readonly refuseSymlinks?: boolean | undefined;
  /** What else can be uploaded: bytes, a Blob, a stream of known or unknown length. */
  readonly Body?: Body | undefined;
  /**
   * Where to keep checkpoints; without them, an upload that fails is aborted and starts again. A stream is resumed when it
   * is given again from its beginning: each part is compared with what COS holds, and only the rest is sent. Bytes in
   * memory and Blobs that are no Files have no checkpoint.
   */
  readonly checkpoints?: CheckpointStore | undefined;
  /**
   * What to do about an earlier upload that did not finish; default `auto`. `require` fails with a CheckpointError when
   * there is nothing to go on with, always for a source that goes up in one PUT.
   */
  readonly resume?: ResumeMode | undefined;
  /**
   * Do not upload what COS holds already; default `never`, which asks nothing beforehand. `same` compares the bytes and
   * every header that this call asks for.
   */
  readonly skip?: SkipMode | undefined;
}

/** The parameters of putObject. */
export const PUT_OBJECT = {
  name: "putObject",
  parameters: {
    ...OBJECT,
    Body: { check: unchecked, required: true },
    ...BODY,
    ...OBJECT_HEADERS,
    inferContentType: INFER_CONTENT_TYPE,
    ...ENGINE,
  },
} as const satisfies Method;

/** The parameters of putObjectFromLocalFile. */
export const PUT_OBJECT_FROM_LOCAL_FILE = {
  name: "putObjectFromLocalFile",
  parameters: {
    ...OBJECT,
    LocalFilePath: LOCAL_FILE_PATH,
    ...BODY,
    ...OBJECT_HEADERS,
    inferContentType: INFER_CONTENT_TYPE,
    ...ENGINE,
  },
} as const satisfies Method;

/** The parameters of uploadFile. */
export const UPLOAD_FILE = {
  name: "uploadFile",
  parameters: {
    ...OBJECT,
    LocalFilePath: { check: unchecked },
    refuseSymlinks: { check: flag },
    Body: { check: unchecked },
    ...BODY,
    ...OBJECT_HEADERS,
    inferContentType: INFER_CONTENT_TYPE,
    ...ENGINE,
    checkpoints: { check: checkpointStore },
    resume: { check: oneOf("auto", "require", "server", "off") },
    skip: { check: oneOf("never", "exists", "same") },
  },
} as const satisfies Method;
