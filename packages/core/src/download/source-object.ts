import { ServiceError } from "../errors.ts";
import type { CosResponse } from "../http/request-spec.ts";
import { crc64Header } from "../requests/response-checksums.ts";
import { unexpectedResponse } from "../requests/validate-response.ts";

/** The object that is downloaded, as the first response describes it. Every later one must describe the same. */
export interface SourceObject {
  /** With its quotes. */
  readonly etag: string;
  /** Bytes of the whole object. */
  readonly size: number;
  /** Undefined: COS has none. */
  readonly crc64: bigint | undefined;
  /** The response, for the result. */
  readonly response: CosResponse;
}

const OPERATION = "downloadFile";

/** Bytes `start` to `end` of a response, the end exclusive, and the object that they are of. */
export interface RangeOfObject {
  readonly start: number;
  readonly end: number;
  /** Bytes of the body, as the response says; undefined: it does not say. */
  readonly length: number | undefined;
  readonly object: SourceObject;
}

/**
 * Reads the headers of a response to a GET with a Range. A 200 is the whole object, which is what an object that is
 * smaller than the range may come as.
 * @throws {ServiceError} they are not those of COS
 */
export function readRangeHeaders(response: CosResponse): RangeOfObject {
  const { status, headers } = response;
  const etag = headers.get("etag");
  if (!etag) throw unexpectedResponse(OPERATION, response, "no ETag");
  const describe = (size: number): SourceObject => ({ etag, size, crc64: crc64Header(headers), response });
  if (status === 200) {
    const size = Number(headers.get("content-length") ?? Number.NaN);
    if (!Number.isSafeInteger(size)) throw unexpectedResponse(OPERATION, response, "no Content-Length");
    return { start: 0, end: size, length: size, object: describe(size) };
  }
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "");
  if (status !== 206 || match === null) {
    throw unexpectedResponse(OPERATION, response, `status ${status} and no Content-Range`);
  }
  const [start, last, size] = match.slice(1).map(Number) as [number, number, number];
  const length = Number(headers.get("content-length") ?? Number.NaN);
  const known = Number.isSafeInteger(length) ? length : undefined;
  return { start, end: last + 1, length: known, object: describe(size) };
}

/** The error when the object is no longer the one whose first bytes were read. */
export function objectChanged(key: string, cause?: unknown): ServiceError {
  const from = cause instanceof ServiceError ? cause : undefined;
  return new ServiceError(`downloadFile of ${key}: the object was replaced while it was downloaded`, {
    code: "precondition-failed",
    retryable: true,
    status: from?.status ?? 412,
    cosCode: from?.cosCode ?? "",
    requestId: from?.requestId,
    resource: from?.resource,
    cause,
    hint: "make the same call again to download the new object; the file at the path is as it was",
  });
}
