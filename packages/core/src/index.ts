/**
 * The runtime-free part of cosup: the COS upload API and the resumable uploader. Use `@cosup/node`,
 * `@cosup/deno` or `@cosup/workers` rather than this package itself. What an adapter for another runtime implements is
 * exported by `@cosup/core/runtime`.
 *
 * @module
 */
export type { CredentialProvider, Credentials } from "./auth/credentials.ts";
export { CosClient } from "./client.ts";
export type { ClientBase } from "./client-base.ts";
export * from "./errors.ts";
export type { RequestEvent, RequestHooks, RetryEvent } from "./http/request-events.ts";
export type { HttpMethod } from "./http/request-spec.ts";
export type { MultipartClient } from "./multipart-client.ts";
export type { CosOptions } from "./options.ts";
export type { Query } from "./params/any-request.ts";
export type { CallOptions, RequestLimits } from "./params/call-options.ts";
export type { ContentTypeInference } from "./params/content-type.ts";
export type { CopySource } from "./params/copy-source.ts";
export type { ObjectHeaders, StorageClass } from "./params/object-headers.ts";
export type {
  AbortMultipartUploadParameters,
  AppendObjectResult,
  CompletedPart,
  CompleteMultipartUploadParameters,
  CompleteMultipartUploadResult,
  CopyConditions,
  CosResult,
  CreateMultipartUploadParameters,
  CreateMultipartUploadResult,
  DeleteObjectParameters,
  GetObjectParameters,
  GetObjectResult,
  GetObjectTaggingParameters,
  GetObjectTaggingResult,
  GetPresignedUrlParameters,
  ListMultipartUploadsParameters,
  ListMultipartUploadsResult,
  ListPartsParameters,
  ListPartsResult,
  MultipartUploadInfo,
  ObjectDescription,
  ObjectParameters,
  ObjectTag,
  Part,
  Principal,
  PutObjectTaggingParameters,
  ReadParameters,
  RequestParameters,
  RequestResult,
  SignedCosRequest,
  SignParameters,
  UploadPartCopyParameters,
  UploadPartCopyResult,
  UploadPartParameters,
  UploadPartResult,
} from "./requests/index.ts";
export type { CheckpointLock, CheckpointStore, Checkpoints } from "./runtime/checkpoint-store.ts";
export type { AppendObjectParameters } from "./transfers/append-parameters.ts";
export type { BodyParameters } from "./transfers/body-parameters.ts";
export { checkUpload } from "./transfers/check-upload.ts";
export type { CopyObjectParameters, CopyObjectResult } from "./transfers/copy-parameters.ts";
export type {
  CommonUploadParameters,
  MultipartOptions,
  PutObjectFromLocalFileParameters,
  PutObjectParameters,
  UploadFileParameters,
} from "./transfers/parameters.ts";
export type { UploadPartBodyParameters } from "./transfers/upload-part.ts";
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
  ProgressCallback,
  ProgressDetails,
  ResumeMode,
  UploadWarning,
  WarningCallback,
} from "./upload/options.ts";
export { VERSION } from "./version.ts";
