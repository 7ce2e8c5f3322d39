import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { record } from "../params/checks.ts";
import { MAX_PARTS } from "../params/limits.ts";
import { mergeCallerHeaders, OBJECT_HEADERS } from "../params/object-headers.ts";
import { OBJECT, UPLOAD_ID } from "../params/shared-parameters.ts";
import { headersOf, type Method, queryOf } from "../params/table.ts";
import { utf8 } from "../text/utf8.ts";
import { textOf } from "../xml/document.ts";
import { escapeText } from "../xml/escape-text.ts";
import { type CosResult, cosResultOf } from "./cos-result.ts";
import { readDocument } from "./late-error.ts";
import type { ObjectParameters } from "./object-parameters.ts";
import { crc64Header, decimal } from "./response-checksums.ts";
import { unexpectedResponse } from "./validate-response.ts";

/** The parameter table of completeMultipartUpload. */
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

/** The parameters of {@link CosClient.completeMultipartUpload}. */
export interface CompleteMultipartUploadParameters extends ObjectParameters {
  /** The id of the multipart upload. */
  readonly UploadId: string;
  /** All parts in ascending order. */
  readonly MultipartUpload: { readonly Part: readonly CompletedPart[] };
  /** Refuse (409 `FileAlreadyExists`) when the key exists. */
  readonly ForbidOverwrite?: boolean | undefined;
  /** Any other request header by its own name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** One part as Complete names it. */
export interface CompletedPart {
  /** 1 to 10 000. */
  readonly PartNumber: number;
  /** As COS returned it, with or without its quotes. */
  readonly ETag: string;
}

/** The result of {@link CosClient.completeMultipartUpload}. */
export interface CompleteMultipartUploadResult extends CosResult {
  /** Opaque, with its quotes: never the MD5 of the object. */
  readonly ETag: string;
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** The object's URL, as COS returns it. */
  readonly Location: string;
  /** CRC64-ECMA of the whole object as unsigned decimal. */
  readonly crc64: string | undefined;
}

/** Assembling a large object takes minutes; meanwhile COS sends white space to keep the connection open. */
const COMPLETE_TIMEOUT_MS = 15 * 60_000;

/**
 * {@link completeChecked} of parts that a program names.
 * @throws {TypeError} {@link RangeError} they are not a list of parts in ascending order
 */
export async function completeMultipartUpload(
  context: RetryContext,
  parameters: CompleteMultipartUploadParameters,
): Promise<CompleteMultipartUploadResult> {
  checkParts(parameters.MultipartUpload);
  return completeChecked(context, parameters);
}

/**
 * Complete Multipart Upload. Not retried after a lost response; `uploadFile` then finds out by HEAD whether the object is
 * there. COS document 436/7742.
 */
export async function completeChecked(
  context: RetryContext,
  parameters: CompleteMultipartUploadParameters,
): Promise<CompleteMultipartUploadResult> {
  const operation = "completeMultipartUpload";
  const headers = headersOf(COMPLETE_MULTIPART_UPLOAD.parameters, parameters);
  const response = await sendWithRetry(context, {
    operation,
    method: "POST",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(COMPLETE_MULTIPART_UPLOAD.parameters, parameters),
    headers: mergeCallerHeaders({ "content-type": "application/xml", ...headers }, parameters.headers),
    body: utf8(completeDocument(parameters.MultipartUpload.Part)),
    idempotent: false,
    responseTimeoutMs: COMPLETE_TIMEOUT_MS,
    signal: parameters.signal,
  });
  const document = readDocument(operation, response, "CompleteMultipartUploadResult");
  const ETag = textOf(document, "ETag");
  if (!ETag) throw unexpectedResponse(operation, response, "no ETag");
  return {
    ...cosResultOf(response),
    ETag,
    Bucket: textOf(document, "Bucket") ?? parameters.Bucket,
    Key: textOf(document, "Key") ?? parameters.Key,
    Location: textOf(document, "Location") ?? "",
    crc64: decimal(crc64Header(response.headers)),
  };
}

/** The body of the request. */
export function completeDocument(parts: readonly CompletedPart[]): string {
  const items = parts.map(
    ({ PartNumber, ETag }) =>
      `<Part><PartNumber>${PartNumber}</PartNumber><ETag>${escapeText(ETag)}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload>${items.join("")}</CompleteMultipartUpload>`;
}

function checkParts(value: { readonly Part?: unknown }): void {
  const parameter = "MultipartUpload.Part";
  const parts = value.Part;
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new ArgumentTypeError(parameter, "must be a non-empty array of { PartNumber, ETag }");
  }
  let last = 0;
  for (const part of parts as readonly Partial<Record<keyof CompletedPart, unknown>>[]) {
    const number = Number(part?.PartNumber);
    const isPartNumber = Number.isInteger(number) && number >= 1 && number <= MAX_PARTS;
    if (!isPartNumber || typeof part.ETag !== "string" || part.ETag === "") {
      throw new ArgumentTypeError(parameter, "must hold { PartNumber: 1…10000, ETag: string }");
    }
    if (number <= last)
      throw new ArgumentRangeError(parameter, `must be in ascending order: ${number} follows ${last}`);
    last = number;
  }
}
