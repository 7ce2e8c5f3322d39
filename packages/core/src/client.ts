import { createContext } from "./client-context.ts";
import type { CosOptions } from "./options.ts";
import { inferContentType } from "./params/content-type.ts";
import { checkParameters, type Method } from "./params/table.ts";
import {
  UPLOAD_PART_COPY,
  type UploadPartCopyParameters,
  type UploadPartCopyResult,
  uploadPartCopy,
} from "./requests/copy-part.ts";
import * as lists from "./requests/lists.ts";
import * as multipart from "./requests/multipart.ts";
import * as tagging from "./requests/object-tagging.ts";
import * as objects from "./requests/objects.ts";
import { GET_PRESIGNED_URL, type GetPresignedUrlParameters, getPresignedUrl } from "./requests/presign.ts";
import type { CosResult } from "./requests/result.ts";
import { type Clock, systemClock } from "./runtime/clock.ts";
import type { Runtime } from "./runtime/runtime.ts";
import {
  APPEND_OBJECT,
  type AppendObjectParameters,
  type AppendObjectResult,
  appendObject,
} from "./transfers/append.ts";
import type { ClientContext } from "./transfers/context.ts";
import {
  COPY_OBJECT,
  type CopyObjectParameters,
  type CopyObjectResult,
  copyObject,
} from "./transfers/copy-object.ts";
import type {
  PutObjectFromLocalFileParameters,
  PutObjectParameters,
  UploadFileParameters,
} from "./transfers/parameters.ts";
import { PUT_OBJECT, PUT_OBJECT_FROM_LOCAL_FILE, UPLOAD_FILE } from "./transfers/parameters.ts";
import { type UploadPartBodyParameters, uploadPart } from "./transfers/upload-part.ts";
import * as uploads from "./transfers/uploads.ts";

/**
 * A client of COS. Every method takes one object of parameters, checks it before anything is sent
 * (`TypeError`, `RangeError` naming the parameter), and rejects with a {@link CosError} when it cannot do its work,
 * or with the signal's own reason when `signal` aborts.
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/node";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * const { ETag, crc64 } = await cos.uploadFile({
 *   Bucket: "examplebucket-1250000000",
 *   Key: "exampleobject",
 *   LocalFilePath: "local.txt",
 * });
 * ```
 */
export class CosClient {
  readonly #context: ClientContext;

  /**
   * Adapters make it, in `createCos`.
   * @param clock for tests on virtual time
   */
  constructor(runtime: Runtime, options: CosOptions, clock: Clock = systemClock) {
    this.#context = createContext(runtime, options, clock);
  }

  /** Uploads an object: one PUT up to 20 MB, parts above; resumes from `checkpoints`. The way to upload anything large. */
  async uploadFile(parameters: UploadFileParameters): Promise<uploads.UploadResult> {
    return uploads.uploadFile(this.#context, this.#checked(UPLOAD_FILE, parameters));
  }

  /** Uploads an object in one request; a file or stream above 20 MB goes up in parts. */
  async putObject(parameters: PutObjectParameters): Promise<uploads.UploadResult> {
    return uploads.putObject(this.#context, this.#checked(PUT_OBJECT, parameters));
  }

  /** {@link putObject} of a file. */
  async putObjectFromLocalFile(parameters: PutObjectFromLocalFileParameters): Promise<uploads.UploadResult> {
    return uploads.putObjectFromLocalFile(
      this.#context,
      this.#checked(PUT_OBJECT_FROM_LOCAL_FILE, parameters),
    );
  }

  /** Appends to an appendable object, exactly once even when a response is lost. */
  async appendObject(parameters: AppendObjectParameters): Promise<AppendObjectResult> {
    const checked = this.#checked(APPEND_OBJECT, parameters);
    const { Position, Data, ContentType } = checked;
    // The first append describes the object.
    if (Number(Position) !== 0 || ContentType !== undefined) return appendObject(this.#context, checked);
    const inferred = inferContentType({ ...checked, Body: Data }, this.#context.contentTypes);
    return appendObject(this.#context, { ...checked, ContentType: inferred });
  }

  /** Size, digests and metadata of an object; code `not-found` when there is none. */
  async headObject(parameters: objects.ReadParameters): Promise<objects.ObjectDescription> {
    return objects.headObject(this.#context, this.#checked(objects.HEAD_OBJECT, parameters));
  }

  /** Reads an object as a stream, which must be read to its end or cancelled. */
  async getObject(parameters: objects.GetObjectParameters): Promise<objects.GetObjectResult> {
    return objects.getObject(this.#context, this.#checked(objects.GET_OBJECT, parameters));
  }

  /** Deletes an object; succeeds too when there is none. */
  async deleteObject(parameters: objects.DeleteObjectParameters): Promise<CosResult> {
    return objects.deleteObject(this.#context, this.#checked(objects.DELETE_OBJECT, parameters));
  }

  /** Reads the tags of an object; a ServiceError with cosCode `NoSuchTagSet` when it has none. */
  async getObjectTagging(
    parameters: tagging.GetObjectTaggingParameters,
  ): Promise<tagging.GetObjectTaggingResult> {
    return tagging.getObjectTagging(this.#context, this.#checked(tagging.GET_OBJECT_TAGGING, parameters));
  }

  /** Replaces all tags of an object. */
  async putObjectTagging(parameters: tagging.PutObjectTaggingParameters): Promise<CosResult> {
    return tagging.putObjectTagging(this.#context, this.#checked(tagging.PUT_OBJECT_TAGGING, parameters));
  }

  /** Copies an object inside COS, in parts when it is large, proven by size and CRC64. */
  async copyObject(parameters: CopyObjectParameters): Promise<CopyObjectResult> {
    return copyObject(this.#context, this.#checked(COPY_OBJECT, parameters));
  }

  /** One page of the unfinished multipart uploads of a bucket. */
  async listMultipartUploads(
    parameters: lists.ListMultipartUploadsParameters,
  ): Promise<lists.ListMultipartUploadsResult> {
    return lists.listMultipartUploads(this.#context, this.#checked(lists.LIST_MULTIPART_UPLOADS, parameters));
  }

  /** All unfinished multipart uploads below a prefix, from the markers on. */
  async *eachMultipartUpload(
    parameters: Omit<lists.ListMultipartUploadsParameters, "EncodingType" | "Delimiter">,
  ): AsyncGenerator<lists.MultipartUploadInfo, void, undefined> {
    yield* lists.eachMultipartUpload(this.#context, this.#checked(lists.LIST_MULTIPART_UPLOADS, parameters));
  }

  /** Begins a multipart upload. */
  async createMultipartUpload(
    parameters: multipart.CreateMultipartUploadParameters,
  ): Promise<multipart.CreateMultipartUploadResult> {
    return multipart.createMultipartUpload(
      this.#context,
      this.#checked(multipart.CREATE_MULTIPART_UPLOAD, parameters),
    );
  }

  /** Uploads one part, proven by CRC64. */
  async uploadPart(parameters: UploadPartBodyParameters): Promise<multipart.UploadPartResult> {
    return uploadPart(this.#context, this.#checked(multipart.UPLOAD_PART, parameters));
  }

  /** Copies an object, or a range of it, as one part. */
  async uploadPartCopy(parameters: UploadPartCopyParameters): Promise<UploadPartCopyResult> {
    return uploadPartCopy(this.#context, this.#checked(UPLOAD_PART_COPY, parameters));
  }

  /** One page of the parts that COS holds of an upload. */
  async listParts(parameters: lists.ListPartsParameters): Promise<lists.ListPartsResult> {
    return lists.listParts(this.#context, this.#checked(lists.LIST_PARTS, parameters));
  }

  /** All parts that COS holds of an upload, from the marker on. */
  async *eachPart(
    parameters: Omit<lists.ListPartsParameters, "EncodingType">,
  ): AsyncGenerator<lists.Part, void, undefined> {
    yield* lists.eachPart(this.#context, this.#checked(lists.LIST_PARTS, parameters));
  }

  /** Publishes the parts as one object. */
  async completeMultipartUpload(
    parameters: multipart.CompleteMultipartUploadParameters,
  ): Promise<multipart.CompleteMultipartUploadResult> {
    return multipart.completeMultipartUpload(
      this.#context,
      this.#checked(multipart.COMPLETE_MULTIPART_UPLOAD, parameters),
    );
  }

  /** Gives a multipart upload up: its parts are deleted. */
  async abortMultipartUpload(parameters: multipart.AbortMultipartUploadParameters): Promise<void> {
    return multipart.abortMultipartUpload(
      this.#context,
      this.#checked(multipart.ABORT_MULTIPART_UPLOAD, parameters),
    );
  }

  /** A URL that carries its signature: anybody can use it until it expires. */
  async getPresignedUrl(parameters: GetPresignedUrlParameters): Promise<string> {
    return getPresignedUrl(this.#context, this.#checked(GET_PRESIGNED_URL, parameters));
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#context.lifetime.closed;
  }

  /**
   * Closes all connections, so that a process can end at once. It is final: calls under way, and every later call,
   * reject at once with a {@link CosError} of code `client-closed`. Closing twice does no harm.
   */
  async close(): Promise<void> {
    this.#context.lifetime.close();
    await this.#context.runtime.close?.();
  }

  /** {@link close}, for `await using cos = createCos(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The parameters, checked, with a signal that aborts when the client is closed as well. */
  #checked<P extends object>(method: Method, parameters: P): P & { readonly signal: AbortSignal } {
    this.#context.lifetime.throwIfClosed();
    checkParameters(method, parameters);
    const { signal } = parameters as { readonly signal?: AbortSignal };
    return { ...parameters, signal: this.#context.lifetime.signalFor(signal) };
  }
}
