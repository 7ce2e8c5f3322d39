import { checkpointPlace, flag, oneOf, unchecked } from "../params/checks.ts";
import type { ContentTypeInference } from "../params/content-type.ts";
import { OBJECT_HEADERS, type ObjectHeaders } from "../params/object-headers.ts";
import { BODY, INFER_CONTENT_TYPE, MULTIPART, OBJECT } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import type { ObjectParameters } from "../requests/object-parameters.ts";
import type { Checkpoints } from "../runtime/checkpoint-store.ts";
import type { Body } from "../upload/body.ts";
import type { SkipMode } from "../upload/identical-object.ts";
import type { ProgressCallback, ResumeMode, WarningCallback } from "../upload/options.ts";
import type { BodyParameters } from "./body-parameters.ts";

/** How an upload in parts is done. */
export interface MultipartOptions {
  /**
   * MB (1 048 576 bytes) per part, 1 to 5120; default 1, for streams of unknown length 8. On Workers 8, and more where the
   * upload would need too many subrequests otherwise. It grows when the object would have more than 10 000 parts. The parts
   * of a stream of unknown length grow from the 2501st on, twice as large every 300, up to 1 GB, so that 5 TB fit.
   *
   * A part is held in memory, so 4094 MB is the most. One that is larger than the default memory budget gets memory of its
   * own, one such part at a time for all uploads of the client (warning `memory-over-budget`).
   */
  readonly PartSize?: number | undefined;
  /** Parts under way at once, 1 to 1000; default 5. */
  readonly MAXThread?: number | undefined;
  /** Receives the bytes that COS has acknowledged so far. */
  readonly onProgress?: ProgressCallback | undefined;
  /** Receives what did not stop the upload but matters, such as an orphaned upload. */
  readonly onWarning?: WarningCallback | undefined;
}

/** What every method takes that can upload in parts. */
export interface CommonUploadParameters
  extends ObjectParameters,
    BodyParameters,
    ObjectHeaders,
    ContentTypeInference,
    MultipartOptions {}

/** The parameters of {@link CosClient.putObject}. */
export interface PutObjectParameters extends CommonUploadParameters {
  /** What to upload. */
  readonly Body: Body;
}

/** The parameters of {@link CosClient.uploadFile}. */
export interface UploadFileParameters extends CommonUploadParameters {
  /**
   * Path or file: URL. Give either this or `Body`.
   *
   * A file that changes during the upload fails it (`source-changed`). A change is noticed by the size, the modification
   * time and the change time; when only the change time has moved, the file is read again. Writes through a memory mapping
   * may move none of them, so they go unnoticed, and the object may mix old and new bytes: do not upload a file that a
   * program has mapped for writing.
   */
  readonly LocalFilePath?: string | URL | undefined;
  /**
   * Upload `LocalFilePath` only if it is a regular file, and neither its name nor a folder above it is a symbolic link;
   * default false. `uploadDirectory` sets it for every file.
   */
  readonly refuseSymlinks?: boolean | undefined;
  /** What to upload instead of a file: bytes, a string, a Blob, a stream of known or unknown length. */
  readonly Body?: Body | undefined;
  /**
   * Where a checkpoint is kept, so that a later call can resume this upload; default: the client's `checkpoints`, else
   * nowhere, and an upload that fails is aborted. `true`: the user's state directory (Node and Deno: `$XDG_STATE_HOME/cosup`
   * or `~/.local/state/cosup`, on Windows `%LOCALAPPDATA%\cosup`). A path or a `file:` URL: a directory, which is made when
   * it is missing. Any CheckpointStore: a place of your own; Workers accept only that (`durableObjectCheckpoints`).
   *
   * A stream is resumed when it is passed again from its beginning: each part is compared with what COS holds, and only the
   * rest is sent. Bytes in memory and Blobs that are not Files have no checkpoint.
   */
  readonly checkpoints?: Checkpoints | undefined;
  /**
   * What to do about an earlier upload that did not finish; default `auto`. `require` fails with a CheckpointError when
   * there is no upload to resume, so always for a source that one PUT uploads.
   */
  readonly resume?: ResumeMode | undefined;
  /**
   * Whether to upload what COS holds already; default `never`, which skips nothing and sends no HEAD. `exists` skips the
   * upload when the key exists, `same` when the object has the same bytes and every header that this call asks for.
   */
  readonly skip?: SkipMode | undefined;
}

/** The parameter table of putObject. */
export const PUT_OBJECT = {
  name: "putObject",
  parameters: {
    ...OBJECT,
    Body: { check: unchecked, required: true },
    ...BODY,
    ...OBJECT_HEADERS,
    inferContentType: INFER_CONTENT_TYPE,
    ...MULTIPART,
  },
} as const satisfies Method;

/** The parameter table of uploadFile. */
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
    ...MULTIPART,
    checkpoints: { check: checkpointPlace },
    resume: { check: oneOf("auto", "require", "server", "off") },
    skip: { check: oneOf("never", "exists", "same") },
  },
} as const satisfies Method;
