import { createContext } from "./client-context.ts";
import type { CosOptions } from "./options.ts";
import { inferContentType } from "./params/content-type.ts";
import { checkParameters } from "./params/table.ts";
import { type Method, TABLES } from "./params/tables.ts";
import {
  type UploadPartCopyParameters,
  type UploadPartCopyResult,
  uploadPartCopy,
} from "./requests/copy-part.ts";
import * as lists from "./requests/lists.ts";
import * as multipart from "./requests/multipart.ts";
import * as objects from "./requests/objects.ts";
import { type GetPresignedUrlParameters, getPresignedUrl } from "./requests/presign.ts";
import type { CosResult } from "./requests/result.ts";
import { type Clock, systemClock } from "./runtime/clock.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { type AppendObjectParameters, type AppendObjectResult, appendObject } from "./transfers/append.ts";
import type { ClientContext } from "./transfers/context.ts";
import { type CopyObjectParameters, type CopyObjectResult, copyObject } from "./transfers/copy-object.ts";
import type {
  PutObjectFromLocalFileParameters,
  PutObjectParameters,
  UploadFileParameters,
} from "./transfers/parameters.ts";
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
    return uploads.uploadFile(this.#context, this.#checked("uploadFile", parameters));
  }

  /** Uploads an object in one request; a file or stream above 20 MB goes up in parts. */
  async putObject(parameters: PutObjectParameters): Promise<uploads.UploadResult> {
    return uploads.putObject(this.#context, this.#checked("putObject", parameters));
  }

  /** {@link putObject} of a file. */
  async putObjectFromLocalFile(parameters: PutObjectFromLocalFileParameters): Promise<uploads.UploadResult> {
    return uploads.putObjectFromLocalFile(this.#context, this.#checked("putObjectFromLocalFile", parameters));
  }

  /** Appends to an appendable object, exactly once even when an answer is lost. */
  async appendObject(parameters: AppendObjectParameters): Promise<AppendObjectResult> {
    const checked = this.#checked("appendObject", parameters);
    const { Position, Data, ContentType } = checked;
    // The first append describes the object.
    if (Number(Position) !== 0 || ContentType !== undefined) return appendObject(this.#context, checked);
    const inferred = inferContentType({ ...checked, Body: Data }, this.#context.contentTypes);
    return appendObject(this.#context, { ...checked, ContentType: inferred });
  }

  /** Size, digests and metadata of an object; code `not-found` when there is none. */
  async headObject(parameters: objects.ReadParameters): Promise<objects.ObjectDescription> {
    return objects.headObject(this.#context, this.#checked("headObject", parameters));
  }

  /** Reads an object as a stream, which must be read to its end or cancelled. */
  async getObject(parameters: objects.GetObjectParameters): Promise<objects.GetObjectResult> {
    return objects.getObject(this.#context, this.#checked("getObject", parameters));
  }

  /** Deletes an object; succeeds too when there is none. */
  async deleteObject(parameters: objects.DeleteObjectParameters): Promise<CosResult> {
    return objects.deleteObject(this.#context, this.#checked("deleteObject", parameters));
  }

  /** Copies an object inside COS, in parts when it is large, proven by size and CRC64. */
  async copyObject(parameters: CopyObjectParameters): Promise<CopyObjectResult> {
    return copyObject(this.#context, this.#checked("copyObject", parameters));
  }

  /** One page of the unfinished multipart uploads of a bucket. */
  async listMultipartUploads(
    parameters: lists.ListMultipartUploadsParameters,
  ): Promise<lists.ListMultipartUploadsResult> {
    return lists.listMultipartUploads(this.#context, this.#checked("listMultipartUploads", parameters));
  }

  /** All unfinished multipart uploads below a prefix, from the markers on. */
  async *eachMultipartUpload(
    parameters: Omit<lists.ListMultipartUploadsParameters, "EncodingType" | "Delimiter">,
  ): AsyncGenerator<lists.MultipartUploadInfo, void, undefined> {
    yield* lists.eachMultipartUpload(this.#context, this.#checked("listMultipartUploads", parameters));
  }

  /** Begins a multipart upload. */
  async createMultipartUpload(
    parameters: multipart.CreateMultipartUploadParameters,
  ): Promise<multipart.CreateMultipartUploadResult> {
    return multipart.createMultipartUpload(this.#context, this.#checked("createMultipartUpload", parameters));
  }

  /** Uploads one part, proven by CRC64. */
  async uploadPart(parameters: UploadPartBodyParameters): Promise<multipart.UploadPartResult> {
    return uploadPart(this.#context, this.#checked("uploadPart", parameters));
  }

  /** Copies an object, or a range of it, as one part. */
  async uploadPartCopy(parameters: UploadPartCopyParameters): Promise<UploadPartCopyResult> {
    return uploadPartCopy(this.#context, this.#checked("uploadPartCopy", parameters));
  }

  /** One page of the parts that COS holds of an upload. */
  async listParts(parameters: lists.ListPartsParameters): Promise<lists.ListPartsResult> {
    return lists.listParts(this.#context, this.#checked("listParts", parameters));
  }

  /** All parts that COS holds of an upload, from the marker on. */
  async *eachPart(
    parameters: Omit<lists.ListPartsParameters, "EncodingType">,
  ): AsyncGenerator<lists.Part, void, undefined> {
    yield* lists.eachPart(this.#context, this.#checked("listParts", parameters));
  }

  /** Publishes the parts as one object. */
  async completeMultipartUpload(
    parameters: multipart.CompleteMultipartUploadParameters,
  ): Promise<multipart.CompleteMultipartUploadResult> {
    return multipart.completeMultipartUpload(
      this.#context,
      this.#checked("completeMultipartUpload", parameters),
    );
  }

  /** Gives a multipart upload up: its parts are deleted. */
  async abortMultipartUpload(parameters: multipart.AbortMultipartUploadParameters): Promise<void> {
    return multipart.abortMultipartUpload(this.#context, this.#checked("abortMultipartUpload", parameters));
  }

  /** A URL that carries its signature: anybody can use it until it expires. */
  async getPresignedUrl(parameters: GetPresignedUrlParameters): Promise<string> {
    return getPresignedUrl(this.#context, this.#checked("getPresignedUrl", parameters));
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
    checkParameters(method, TABLES[method], parameters);
    const { signal } = parameters as { readonly signal?: AbortSignal };
    return { ...parameters, signal: this.#context.lifetime.signalFor(signal) };
  }
}
