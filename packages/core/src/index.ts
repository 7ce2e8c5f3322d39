/**
 * The runtime-free part of cosup: the COS upload API and the resumable uploader. Use `@cosup/node`,
 * `@cosup/deno` or `@cosup/workers` rather than this package itself. What an adapter for another runtime implements is
 * exported by `@cosup/core/runtime`.
 *
 * @module
 */
export { CosClient } from "./client.ts";
export type { HttpMethod } from "./http/request-spec.ts";
export type { MultipartClient } from "./multipart-client.ts";
export type { Query } from "./params/any-request.ts";
export type { CopySource } from "./params/copy-source.ts";
export type {
  AbortMultipartUploadParameters,
  AppendObjectResult,
  CompletedPart,
  CompleteMultipartUploadParameters,
  CompleteMultipartUploadResult,
  CopyConditions,
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
  ListPage,
  ListParameters,
  ListPartsParameters,
  ListPartsResult,
  MultipartUploadInfo,
  ObjectDescription,
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
export type { AppendObjectParameters } from "./transfers/append-parameters.ts";
export type { SetBandwidthLimitParameters } from "./transfers/bandwidth-limit.ts";
export { checkUpload } from "./transfers/check-upload.ts";
export type { CopyObjectParameters, CopyObjectResult } from "./transfers/copy-parameters.ts";
export type { PutObjectFromLocalFileParameters } from "./transfers/local-file-parameters.ts";
export type { UploadPartBodyParameters } from "./transfers/upload-part.ts";
export * from "./upload-exports.ts";
