import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import type { CosResponse } from "../http/request-spec.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { record, unchecked } from "../params/checks.ts";
import {
  mergeCallerHeaders,
  OBJECT_HEADERS,
  type ObjectHeaders,
  objectHeaders,
} from "../params/object-headers.ts";
import { BODY, OBJECT, PART_NUMBER, UPLOAD_ID } from "../params/shared-parameters.ts";
import { headersOf, type Method, queryOf } from "../params/table.ts";
import { toBase64 } from "../text/base64.ts";
import { utf8 } from "../text/utf8.ts";
import { textOf } from "../xml/read.ts";
import { type CompletedPart, completeDocument } from "../xml/write.ts";
import type { ObjectParameters } from "./objects.ts";
import { needsNoContent, readResult, unexpected } from "./read-result.ts";
import { type CosResult, crc64Of, resultOf } from "./result.ts";

/** The parameters of createMultipartUpload. */
export const CREATE_MULTIPART_UPLOAD = {
  name: "createMultipartUpload",
  parameters: { ...OBJECT, ...OBJECT_HEADERS },
} as const satisfies Method;

/** The parameters of uploadPart. */
export const UPLOAD_PART = {
  name: "uploadPart",
  parameters: {
    ...OBJECT,
    PartNumber: PART_NUMBER,
    UploadId: UPLOAD_ID,
    Body: { check: unchecked, required: true },
    ...BODY,
    headers: OBJECT_HEADERS.headers,
  },
} as const satisfies Method;

/** The parameters of completeMultipartUpload. */
export const COMPLETE_MULTIPART_UPLOAD = {
  name: "completeMultipartUpload",
  parameters: {
    ...OBJECT,
    UploadId: UPLOAD_ID,
    MultipartUpload: { check: record, required: true },
    ForbidOverwrite: OBJECT_HEADERS.ForbidOverwrite,
    headers: OBJECT_HEADERS.headers,
  },
} as const satisfies Method;

/** The parameters of abortMultipartUpload. */
export const ABORT_MULTIPART_UPLOAD = {
  name: "abortMultipartUpload",
  parameters: { ...OBJECT, UploadId: UPLOAD_ID, headers: OBJECT_HEADERS.headers },
} as const satisfies Method;

/** What {@link CosClient.createMultipartUpload} takes. */
export interface CreateMultipartUploadParameters extends ObjectParameters, ObjectHeaders {}

/** What {@link CosClient.createMultipartUpload} gives. */
export interface CreateMultipartUploadResult extends CosResult {
  /** BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** Names the multipart upload. */
  readonly UploadId: string;
}

/** Initiate Multipart Upload. Not repeated after a lost response: it may have happened. COS document 436/7746. */
export async function createMultipartUpload(
  context: RetryContext,
  parameters: CreateMultipartUploadParameters,
): Promise<CreateMultipartUploadResult> {
  const response = await sendWithRetry(context, {
    operation: "createMultipartUpload",
    method: "POST",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: [["uploads", ""]],
    headers: objectHeaders(parameters),
    body: new Uint8Array(0),
    idempotent: false,
    signal: parameters.signal,
  });
  const result = readResult("createMultipartUpload", response, "InitiateMultipartUploadResult");
  const UploadId = textOf(result, "UploadId");
  if (!UploadId) throw unexpected("createMultipartUpload", response, "no UploadId");
  return {
    ...resultOf(response),
    Bucket: textOf(result, "Bucket") ?? parameters.Bucket,
    Key: textOf(result, "Key") ?? parameters.Key,
    UploadId,
  };
}

/** Names one part of an upload. */
export interface UploadPartParameters extends ObjectParameters {
  /** 1 to 10 000. */
  readonly PartNumber: number | string;
  /** Names the multipart upload. */
  readonly UploadId: string;
}

/** What {@link CosClient.uploadPart} gives. */
export interface UploadPartResult extends CosResult {
  /** With its quotes, as COS gives it. */
  readonly ETag: string;
  /** CRC64-ECMA of the part as unsigned decimal. */
  readonly crc64: string | undefined;
}

/** Upload Part with bytes in memory. COS document 436/7750. */
export async function putPart(
  context: RetryContext,
  parameters: UploadPartParameters,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  md5: Uint8Array | undefined,
): Promise<UploadPartResult> {
  const etagOf = (response: CosResponse): string => {
    const ETag = response.headers.get("etag");
    if (ETag === null) throw unexpected("uploadPart", response, "no ETag");
    return ETag;
  };
  const response = await sendWithRetry(context, {
    operation: "uploadPart",
    method: "PUT",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(UPLOAD_PART.parameters, parameters),
    headers: md5 === undefined ? headers : { "content-md5": toBase64(md5), ...headers },
    body,
    idempotent: true,
    validateResponse: etagOf,
    signal: parameters.signal,
  });
  const crc64 = crc64Of(response.headers);
  return {
    ETag: etagOf(response),
    crc64: crc64 === undefined ? undefined : String(crc64),
    ...resultOf(response),
  };
}

/** What {@link CosClient.completeMultipartUpload} takes. */
export interface CompleteMultipartUploadParameters extends ObjectParameters {
  /** Names the multipart upload. */
  readonly UploadId: string;
  /** All parts in ascending order. */
  readonly MultipartUpload: { readonly Part: readonly CompletedPart[] };
  /** Refuse (409 `FileAlreadyExists`) when the key exists. */
  readonly ForbidOverwrite?: boolean | undefined;
  /** Any other request header by its own name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What {@link CosClient.completeMultipartUpload} gives. */
export interface CompleteMultipartUploadResult extends CosResult {
  /** Opaque, with its quotes: never the MD5 of the object. */
  readonly ETag: string;
  /** BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** The object's URL, as COS gives it. */
  readonly Location: string;
  /** CRC64-ECMA of the whole object as unsigned decimal. */
  readonly crc64: string | undefined;
}

/** Assembling a large object takes minutes; COS keeps the connection alive with white space. */
const COMPLETE_TIMEOUT_MS = 15 * 60_000;

/**
 * Complete Multipart Upload. Not repeated after a lost response; `uploadFile` settles such a case by HEAD.
 * COS document 436/7742.
 */
export async function completeMultipartUpload(
  context: RetryContext,
  parameters: CompleteMultipartUploadParameters,
): Promise<CompleteMultipartUploadResult> {
  const parts = checkParts(parameters.MultipartUpload);
  const response = await sendWithRetry(context, {
    operation: "completeMultipartUpload",
    method: "POST",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(COMPLETE_MULTIPART_UPLOAD.parameters, parameters),
    headers: mergeCallerHeaders(
      { "content-type": "application/xml", ...headersOf(COMPLETE_MULTIPART_UPLOAD.parameters, parameters) },
      parameters.headers,
    ),
    body: utf8(completeDocument(parts)),
    idempotent: false,
    responseTimeoutMs: COMPLETE_TIMEOUT_MS,
    signal: parameters.signal,
  });
  const result = readResult("completeMultipartUpload", response, "CompleteMultipartUploadResult");
  const ETag = textOf(result, "ETag");
  if (!ETag) throw unexpected("completeMultipartUpload", response, "no ETag");
  const crc64 = crc64Of(response.headers);
  return {
    ...resultOf(response),
    ETag,
    Bucket: textOf(result, "Bucket") ?? parameters.Bucket,
    Key: textOf(result, "Key") ?? parameters.Key,
    Location: textOf(result, "Location") ?? "",
    crc64: crc64 === undefined ? undefined : String(crc64),
  };
}

function checkParts(value: { readonly Part?: unknown }): readonly CompletedPart[] {
  const parameter = "MultipartUpload.Part";
  const parts = value.Part;
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new ArgumentTypeError(parameter, "must be a non-empty array of { PartNumber, ETag }");
  }
  let last = 0;
  for (const part of parts as readonly Partial<Record<keyof CompletedPart, unknown>>[]) {
    const number = Number(part?.PartNumber);
    if (
      !Number.isInteger(number) ||
      number < 1 ||
      number > 10_000 ||
      typeof part.ETag !== "string" ||
      part.ETag === ""
    ) {
      throw new ArgumentTypeError(parameter, "must hold { PartNumber: 1…10000, ETag: string }");
    }
    if (number <= last)
      throw new ArgumentRangeError(parameter, `must be in ascending order: ${number} follows ${last}`);
    last = number;
  }
  return parts as readonly CompletedPart[];
}

/** What {@link CosClient.abortMultipartUpload} takes. */
export interface AbortMultipartUploadParameters extends ObjectParameters {
  /** Names the multipart upload. */
  readonly UploadId: string;
  /** Any other request header by its own name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Abort Multipart Upload: its parts are deleted. COS document 436/7740. */
export async function abortMultipartUpload(
  context: RetryContext,
  parameters: AbortMultipartUploadParameters,
): Promise<void> {
  await sendWithRetry(context, {
    operation: "abortMultipartUpload",
    method: "DELETE",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(ABORT_MULTIPART_UPLOAD.parameters, parameters),
    headers: mergeCallerHeaders({}, parameters.headers),
    idempotent: true,
    validateResponse: needsNoContent("abortMultipartUpload"),
    signal: parameters.signal,
  });
}
