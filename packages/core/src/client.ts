import { MultipartClient } from "./multipart-client.ts";
import type { CosOptions } from "./options.ts";
import * as requests from "./requests/index.ts";
import type { Clock } from "./runtime/clock.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { appendObject } from "./transfers/append-object.ts";
import { APPEND_OBJECT, type AppendObjectParameters } from "./transfers/append-parameters.ts";
import {
  SET_BANDWIDTH_LIMIT,
  type SetBandwidthLimitParameters,
  setBandwidthLimit,
} from "./transfers/bandwidth-limit.ts";
import { copyObject } from "./transfers/copy-object.ts";
import {
  COPY_OBJECT,
  type CopyObjectParameters,
  type CopyObjectResult,
} from "./transfers/copy-parameters.ts";
import {
  PUT_OBJECT_FROM_LOCAL_FILE,
  type PutObjectFromLocalFileParameters,
} from "./transfers/local-file-parameters.ts";
import { readerInBlocksFor } from "./transfers/reader-in-blocks-for.ts";
import { putObjectFromLocalFile } from "./transfers/upload-object.ts";
import type { UploadResult } from "./transfers/upload-result.ts";
import { readXml } from "./xml/read.ts";

/**
 * A client of COS. Every method takes one object of parameters, and checks it before anything is sent: a `TypeError` or
 * `RangeError` names the parameter. It rejects with a {@link CosError} when it cannot do its work, or with the signal's
 * reason when `signal` aborts.
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
export class CosClient extends MultipartClient {
  /**
   * Adapters call it, in `createCos`.
   * @param clock for tests on virtual time
   */
  constructor(runtime: Runtime, options: CosOptions, clock?: Clock) {
    super(runtime, options, clock, readXml, readerInBlocksFor);
  }

  /** {@link putObject} of a file: one PUT up to 20 MB, parts above. */
  async putObjectFromLocalFile(parameters: PutObjectFromLocalFileParameters): Promise<UploadResult> {
    return this.call(PUT_OBJECT_FROM_LOCAL_FILE, putObjectFromLocalFile, parameters);
  }

  /**
   * Appends to an appendable object, or creates one with `Position` 0. The bytes are stored once, also when a response is
   * lost: the object's length then shows whether they were.
   * @throws {CosError} `conflict`: `Position` is not the object's length; `outcome-unknown`: nobody can tell whether the
   *   bytes were appended, and the `hint` says how to go on
   */
  async appendObject(parameters: AppendObjectParameters): Promise<requests.AppendObjectResult> {
    return this.call(APPEND_OBJECT, appendObject, parameters);
  }

  /**
   * Copies an object inside COS: up to 64 MB in one request, above in parts. The metadata is the source's unless the call
   * gives any. The copy is verified by size and CRC64.
   * @throws {CosError} `precondition-failed`: the source changed meanwhile; `outcome-unknown`: the copy may have been made
   */
  async copyObject(parameters: CopyObjectParameters): Promise<CopyObjectResult> {
    return this.call(COPY_OBJECT, copyObject, parameters);
  }

  /**
   * Reads the size, checksum and metadata of an object.
   * @throws {ServiceError} `not-found`: there is none
   */
  async headObject(parameters: requests.ReadParameters): Promise<requests.ObjectDescription> {
    return this.call(requests.HEAD_OBJECT, requests.headObject, parameters);
  }

  /**
   * Reads an object, or a range of it, as a stream. Read `Body` to its end or cancel it: it holds a connection. The bytes
   * of a whole object are verified by CRC64: reading `Body` fails instead of ending when they are not the object's.
   * @throws {ServiceError} `not-found`: there is none
   */
  async getObject(parameters: requests.GetObjectParameters): Promise<requests.GetObjectResult> {
    return this.call(requests.GET_OBJECT, requests.getObject, parameters);
  }

  /** Deletes an object; succeeds too when there is none. */
  async deleteObject(parameters: requests.DeleteObjectParameters): Promise<requests.CosResult> {
    return this.call(requests.DELETE_OBJECT, requests.deleteObject, parameters);
  }

  /**
   * Reads the tags of an object.
   * @throws {ServiceError} with cosCode `NoSuchTagSet` when it has none
   */
  async getObjectTagging(
    parameters: requests.GetObjectTaggingParameters,
  ): Promise<requests.GetObjectTaggingResult> {
    return this.call(requests.GET_OBJECT_TAGGING, requests.getObjectTagging, parameters);
  }

  /** Replaces all tags of an object; at most 10. */
  async putObjectTagging(parameters: requests.PutObjectTaggingParameters): Promise<requests.CosResult> {
    return this.call(requests.PUT_OBJECT_TAGGING, requests.putObjectTagging, parameters);
  }

  /**
   * Returns a URL with a signature: anybody can send the one request that it describes, without credentials, until it
   * expires (`Expired`, default 300 s). Treat it as a secret. Nothing is sent.
   */
  async getPresignedUrl(parameters: requests.GetPresignedUrlParameters): Promise<string> {
    return this.call(requests.GET_PRESIGNED_URL, requests.getPresignedUrl, parameters);
  }

  /**
   * Changes the `bandwidthLimit` that the client was made with, from now on, also of bodies under way: each of them first
   * sends the block that has its turn already. How many bodies are sent at once stays as the first limit allows it, so give
   * createCos the lowest one. Nothing is sent.
   * @throws {TypeError} the client was made without a limit
   */
  async setBandwidthLimit(parameters: SetBandwidthLimitParameters): Promise<void> {
    this.call(SET_BANDWIDTH_LIMIT, setBandwidthLimit, parameters);
  }

  /**
   * Sends any request of COS for which there is no method: signed, with the retries, deadlines and errors of all others.
   * @throws {ServiceError} COS refused; {@link TransportError} no response after all retries
   *
   * @example
   * ```ts
   * const { body } = await cos.request({ Method: "GET", Bucket: "examplebucket-1250000000", Query: { acl: "" } });
   * ```
   */
  async request(
    parameters: requests.RequestParameters & { readonly stream: true },
  ): Promise<requests.RequestResult<ReadableStream<Uint8Array> | null>>;
  /** {@link request}, with the response's body as text. */
  async request(
    parameters: requests.RequestParameters & { readonly stream?: false | undefined },
  ): Promise<requests.RequestResult>;
  /** {@link request}, where the program decides about `stream` when it runs. */
  async request(
    parameters: requests.RequestParameters,
  ): Promise<requests.RequestResult<string | ReadableStream<Uint8Array> | null>>;
  async request(
    parameters: requests.RequestParameters,
  ): Promise<requests.RequestResult<string | ReadableStream<Uint8Array> | null>> {
    return this.call(requests.REQUEST, requests.sendRequest, parameters);
  }

  /**
   * Signs a request that another HTTP client sends. Nothing is sent here. The signature is in a header; for one in the
   * URL, see {@link getPresignedUrl}.
   *
   * @example
   * ```ts
   * const { url, headers } = await cos.sign({ Method: "GET", Bucket: "examplebucket-1250000000", Query: { acl: "" } });
   * const response = await fetch(url, { headers });
   * ```
   */
  async sign(parameters: requests.SignParameters): Promise<requests.SignedCosRequest> {
    return this.call(requests.SIGN, requests.sign, parameters);
  }
}
