import type { CosResponse, RequestSpec } from "../http/request-spec.ts";
import { mergeCallerHeaders } from "../params/object-headers.ts";
import { headersOf, type Method, queryOf } from "../params/table.ts";
import { type CosResult, cosResultOf } from "./cos-result.ts";
import type { ObjectParameters } from "./object-parameters.ts";
import { crc64Header, decimal } from "./response-checksums.ts";

/** What {@link CosClient.headObject} takes: conditions, and the version to look at. */
export interface ReadParameters extends ObjectParameters {
  /** An ETag the object must have. */
  readonly IfMatch?: string | undefined;
  /** An ETag the object must not have. */
  readonly IfNoneMatch?: string | undefined;
  /** The object must have changed since. */
  readonly IfModifiedSince?: string | undefined;
  /** The object must not have changed since. */
  readonly IfUnmodifiedSince?: string | undefined;
  /** A version of the object, in buckets with versioning; default: the current one. */
  readonly VersionId?: string | undefined;
  /** Any other request header (SSE-C keys for one). */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** An object as HEAD and GET describe it. */
export interface ObjectDescription extends CosResult {
  /** With its quotes, as COS returns it. */
  readonly ETag: string;
  /** Bytes of the response: the object's, or the range's. */
  readonly ContentLength: number;
  /** As it was given with the upload. */
  readonly ContentType: string | undefined;
  /** When it was last written. */
  readonly LastModified: string | undefined;
  /** CRC64-ECMA of the whole object as unsigned decimal; objects older than the feature have none. */
  readonly crc64: string | undefined;
  /** The storage class, `STANDARD` for one. */
  readonly StorageClass: string;
  /** The `x-cos-meta-*` headers. */
  readonly Metadata: Readonly<Record<string, string>>;
}

/** The request of a HEAD or GET. */
export function readSpec(
  { name: operation, parameters: table }: Method,
  method: "GET" | "HEAD",
  parameters: ReadParameters,
): RequestSpec {
  return {
    operation,
    method,
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(table, parameters),
    headers: mergeCallerHeaders(headersOf(table, parameters), parameters.headers),
    idempotent: true,
    signal: parameters.signal,
  };
}

/** What the headers of a HEAD or GET response say of the object. */
export function describeObject(response: CosResponse): ObjectDescription {
  const { headers } = response;
  const result = cosResultOf(response);
  return {
    ETag: headers.get("etag") ?? "",
    ContentLength: Number(headers.get("content-length") ?? 0),
    ContentType: headers.get("content-type") ?? undefined,
    LastModified: headers.get("last-modified") ?? undefined,
    crc64: decimal(crc64Header(headers)),
    StorageClass: headers.get("x-cos-storage-class") ?? "STANDARD",
    Metadata: Object.fromEntries(
      Object.entries(result.headers).filter(([name]) => name.startsWith("x-cos-meta-")),
    ),
    ...result,
  };
}
