/**
 * A client that uploads and does nothing else, for programs whose size counts. `@cosup/workers/upload` and
 * `@cosup/browser/upload` are made of it.
 *
 * @module
 */
export type { CredentialProvider, Credentials } from "./auth/credentials.ts";
export type { ClientBase } from "./client-base.ts";
export * from "./errors.ts";
export type { RequestEvent, RequestHooks, RetryEvent } from "./http/request-events.ts";
export type { CosOptions } from "./options.ts";
export type { CallOptions, RequestLimits } from "./params/call-options.ts";
export type { ContentTypeInference } from "./params/content-type.ts";
export type { ObjectHeaders, StorageClass } from "./params/object-headers.ts";
export type { CosResult, ObjectParameters } from "./requests/index.ts";
export type { CheckpointLock, CheckpointStore, Checkpoints } from "./runtime/checkpoint-store.ts";
export type { BodyParameters } from "./transfers/body-parameters.ts";
export type {
  CommonUploadParameters,
  MultipartOptions,
  PutObjectParameters,
  UploadFileParameters,
} from "./transfers/parameters.ts";
export type { UploadResult } from "./transfers/upload-result.ts";
export type {
  BlobBody,
  Body,
  BodyChunk,
  MessageBody,
  NodeStreamBody,
  OpenFileBody,
  PathBody,
  StoredBody,
  UrlBody,
  WebStreamBody,
} from "./upload/body.ts";
export type { Checkpoint, CheckpointPart } from "./upload/checkpoint.ts";
export type { SkipMode } from "./upload/identical-object.ts";
export type {
  FileUnderWay,
  ProgressCallback,
  ProgressDetails,
  ResumeMode,
  UploadWarning,
  WarningCallback,
} from "./upload/options.ts";
export { UploadClient } from "./upload-client.ts";
export { VERSION } from "./version.ts";
