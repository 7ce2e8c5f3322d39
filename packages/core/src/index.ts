/**
 * The runtime-free part of cosup: the COS upload API and the resumable uploader. Use `@cosup/node`,
 * `@cosup/deno` or `@cosup/workers` rather than this package itself. What an adapter for another runtime implements is
 * exported by `@cosup/core/runtime`.
 *
 * @module
 */
export type { CredentialProvider, Credentials } from "./auth/credentials.ts";
export { CosClient } from "./client.ts";
export * from "./errors.ts";
export type { CosOptions } from "./options.ts";
export { bucketName, type Check } from "./params/checks.ts";
export type { ContentTypeInference } from "./params/content-type.ts";
export type { CopySource } from "./params/copy-source.ts";
export { checkKey } from "./params/key.ts";
export type { ObjectHeaders, StorageClass } from "./params/object-headers.ts";
export type {
  CopyConditions,
  UploadPartCopyParameters,
  UploadPartCopyResult,
} from "./requests/copy-part.ts";
export type {
  ListMultipartUploadsParameters,
  ListMultipartUploadsResult,
  ListPartsParameters,
  ListPartsResult,
  MultipartUploadInfo,
  Part,
  Principal,
} from "./requests/lists.ts";
export type {
  AbortMultipartUploadParameters,
  CompleteMultipartUploadParameters,
  CompleteMultipartUploadResult,
  CreateMultipartUploadParameters,
  CreateMultipartUploadResult,
  UploadPartParameters,
  UploadPartResult,
} from "./requests/multipart.ts";
export type {
  GetObjectTaggingParameters,
  GetObjectTaggingResult,
  ObjectTag,
  PutObjectTaggingParameters,
} from "./requests/object-tagging.ts";
export type {
  DeleteObjectParameters,
  GetObjectParameters,
  GetObjectResult,
  ObjectDescription,
  ObjectParameters,
  ReadParameters,
} from "./requests/objects.ts";
export type { GetPresignedUrlParameters } from "./requests/presign.ts";
export type { CosResult } from "./requests/result.ts";
export type { CheckpointLock, CheckpointStore } from "./runtime/checkpoint-store.ts";
export type { AppendObjectParameters, AppendObjectResult } from "./transfers/append.ts";
export type { CopyObjectParameters, CopyObjectResult } from "./transfers/copy-object.ts";
export type {
  BodyParameters,
  MultipartOptions,
  PutObjectFromLocalFileParameters,
  PutObjectParameters,
  UploadFileParameters,
} from "./transfers/parameters.ts";
export type { UploadPartBodyParameters } from "./transfers/upload-part.ts";
export type { UploadResult } from "./transfers/uploads.ts";
export type { Checkpoint, CheckpointPart } from "./upload/checkpoint.ts";
export type { SkipMode } from "./upload/identical-object.ts";
export type { Body } from "./upload/open-body.ts";
export type { ProgressCallback, ResumeMode, UploadWarning, WarningCallback } from "./upload/options.ts";
export { VERSION } from "./version.ts";
export type { CompletedPart } from "./xml/write.ts";
