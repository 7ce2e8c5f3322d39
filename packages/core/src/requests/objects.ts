import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { matching } from "../params/checks.ts";
import { mergeCallerHeaders, OBJECT_HEADERS } from "../params/object-headers.ts";
import { OBJECT, READ_CONDITIONS, TRAFFIC_LIMIT } from "../params/shared-parameters.ts";
import { headersOf, type Method, queryOf } from "../params/table.ts";
import { needsHeader, needsNoContent } from "./read-result.ts";
import { type CosResult, crc64Of, header, resultOf } from "./result.ts";

/** The parameters of headObject. */
export const HEAD_OBJECT = {
  name: "headObject",
  parameters: { ...OBJECT, ...READ_CONDITIONS },
} as const satisfies Method;

/** The parameters of getObject. */
export const GET_OBJECT = {
  name: "getObject",
  parameters: {
    ...OBJECT,
    Range: { check: matching(/^bytes=(\d+-\d*|-\d+)$/, "'bytes=first-last'"), header: "range" },
    TrafficLimit: TRAFFIC_LIMIT,
    ...READ_CONDITIONS,
  },
} as const satisfies Method;

/** The parameters of deleteObject. */
export const DELETE_OBJECT = {
  name: "deleteObject",
  parameters: { ...OBJECT, VersionId: READ_CONDITIONS.VersionId, headers: OBJECT_HEADERS.headers },
} as const satisfies Method;

/** Names one object. */
export interface ObjectParameters {
  /** BucketName-APPID. */
  readonly Bucket: string;
  /** 1 to 850 bytes of UTF-8. */
  readonly Key: string;
  /** Stops the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Conditions and the version to look at. */
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

/** What {@link CosClient.getObject} takes. */
export interface GetObjectParameters extends ReadParameters {
  /** `bytes=first-last`. */
  readonly Range?: string | undefined;
  /** bit/s, 819 200 to 838 860 800. */
  readonly TrafficLimit?: number | string | undefined;
}

/** What {@link CosClient.deleteObject} takes. */
export interface DeleteObjectParameters extends ObjectParameters {
  /** A version of the object, in buckets with versioning; default: the current one. */
  readonly VersionId?: string | undefined;
  /** Any other request header by its own name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** An object as HEAD and GET describe it. */
export interface ObjectDescription extends CosResult {
  /** With its quotes, as COS gives it. */
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

/** What {@link CosClient.getObject} gives. */
export interface GetObjectResult extends ObjectDescription {
  /** Read it to the end or cancel it: it holds a connection. */
  readonly Body: ReadableStream<Uint8Array>;
}

/** HEAD Object. Throws a {@link ServiceError} with code `not-found` when there is none. COS document 436/7745. */
export async function headObject(
  context: RetryContext,
  parameters: ReadParameters,
): Promise<ObjectDescription> {
  const response = await sendWithRetry(context, readCall(HEAD_OBJECT, "HEAD", parameters));
  return describe(resultOf(response), response.headers);
}

/** GET Object, as a stream. COS document 436/7753. */
export async function getObject(
  context: RetryContext,
  parameters: GetObjectParameters,
): Promise<GetObjectResult> {
  const response = await sendWithRetry(context, {
    streamed: true,
    ...readCall(GET_OBJECT, "GET", parameters),
  });
  const Body = response.body ?? new Blob([]).stream();
  return { Body, ...describe(resultOf(response), response.headers) };
}

/** DELETE Object; succeeds too when there is none. COS document 436/7743. */
export async function deleteObject(
  context: RetryContext,
  parameters: DeleteObjectParameters,
): Promise<CosResult> {
  const response = await sendWithRetry(context, {
    operation: "deleteObject",
    method: "DELETE",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(DELETE_OBJECT.parameters, parameters),
    headers: mergeCallerHeaders({}, parameters.headers),
    idempotent: true,
    validateResponse: needsNoContent("deleteObject"),
    signal: parameters.signal,
  });
  return resultOf(response);
}

function readCall<M extends "GET" | "HEAD">(
  { name: operation, parameters: table }: Method & { readonly name: "headObject" | "getObject" },
  method: M,
  parameters: ReadParameters,
) {
  return {
    operation,
    method,
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(table, parameters),
    headers: mergeCallerHeaders(headersOf(table, parameters), parameters.headers),
    idempotent: true,
    ...(method === "HEAD" && { validateResponse: needsHeader(operation, "etag") }),
    signal: parameters.signal,
  };
}

function describe(result: CosResult, headers: Parameters<typeof crc64Of>[0]): ObjectDescription {
  const crc64 = crc64Of(headers);
  return {
    ETag: header(headers, "etag") ?? "",
    ContentLength: Number(headers.get("content-length") ?? 0),
    ContentType: header(headers, "content-type"),
    LastModified: header(headers, "last-modified"),
    crc64: crc64 === undefined ? undefined : String(crc64),
    StorageClass: headers.get("x-cos-storage-class") ?? "STANDARD",
    Metadata: Object.fromEntries(
      Object.entries(result.headers).filter(([name]) => name.startsWith("x-cos-meta-")),
    ),
    ...result,
  };
}
