import { ServiceError } from "../errors.ts";
import { customerKeyHeaders } from "../params/object-headers.ts";
import { abortMultipartUpload } from "../requests/abort-multipart-upload.ts";
import {
  type CompleteMultipartUploadParameters,
  type CompleteMultipartUploadResult,
  completeChecked,
} from "../requests/complete-multipart-upload.ts";
import { headObject } from "../requests/head-object.ts";
import { initiateMultipartUpload } from "../requests/initiate-multipart-upload.ts";
import { eachMultipartUpload } from "../requests/list-multipart-uploads.ts";
import { eachPart } from "../requests/list-parts.ts";
import type { ObjectDescription, ReadParameters } from "../requests/object-description.ts";
import type { ObjectParameters } from "../requests/object-parameters.ts";
import { putObjectBytes } from "../requests/put-object.ts";
import { unquote } from "../requests/response-checksums.ts";
import { uploadPartBytes } from "../requests/upload-part.ts";
import { putWithOutcomeCheck } from "../upload/put-with-outcome-check.ts";
import type { StoredObject, UploadTarget } from "../upload/target.ts";
import type { ClientContext } from "./context.ts";

type Headers = Readonly<Record<string, string>>;

/** The object that an upload writes. */
export interface CosObject {
  readonly Bucket: string;
  readonly Key: string;
  /** All headers to store with the object. */
  readonly headers: Headers;
  readonly TrafficLimit: number | string | undefined;
}

/** The requests that the upload engine makes, bound to one object. A traffic limit is per request, so every part has it. */
export function cosTarget(context: ClientContext, object: CosObject): UploadTarget {
  const { Bucket, Key, headers, TrafficLimit } = object;
  const customerKey = customerKeyHeaders(headers);
  const objectHeaders = withTrafficLimit(headers, TrafficLimit);
  const partHeaders = withTrafficLimit(customerKey, TrafficLimit);
  const completeHeaders = forbidOverwriteHeader(headers);
  const head: UploadTarget["head"] = (signal) =>
    storedObject(context, { Bucket, Key, headers: customerKey, signal });
  const put = putWithOutcomeCheck({ digestCoreFor: context.digestCoreFor, head, headers });
  return {
    put: (body, md5, signal, follower) =>
      put(body, signal, (onRetry) => {
        const request = { Bucket, Key, body, md5, headers: objectHeaders, signal, onRetry, follower };
        return putObjectBytes(context, request);
      }),
    initiate: async (signal) =>
      (await initiateMultipartUpload(context, { Bucket, Key, signal }, headers)).UploadId,
    putPart: async (UploadId, PartNumber, { body, md5 }, signal, follower) => {
      const part = { Bucket, Key, UploadId, PartNumber, signal };
      const content = { body, md5, headers: partHeaders, follower };
      const { ETag, crc64 } = await uploadPartBytes(context, part, content);
      return { etag: unquote(ETag), crc64 };
    },
    async *listParts(UploadId, signal) {
      for await (const part of eachPart(context, { Bucket, Key, UploadId, signal })) {
        yield { partNumber: part.PartNumber, size: part.Size, etag: unquote(part.ETag) };
      }
    },
    complete: (UploadId, parts, signal) =>
      complete(context, { Bucket, Key, UploadId, headers: completeHeaders, signal }, parts),
    repeats: (failure, delayMs = 0, post) => {
      const put = "partNumber" in failure && failure.partNumber ? "uploadPart" : "putObject";
      const request = { operation: post ?? put, method: post ? "POST" : "PUT", Bucket, Key } as const;
      context.observer.repeats(failure, delayMs, request);
    },
    // The signal is not the caller's, and must abort when the client is closed, too.
    abort: (UploadId, signal) =>
      abortMultipartUpload(context, { Bucket, Key, UploadId, signal: context.lifetime.signalFor(signal) }),
    head,
    unfinished: (signal) => unfinishedUploads(context, { Bucket, Key, signal }),
  };
}

/** The ids of the key's unfinished uploads, newest first. */
async function unfinishedUploads(
  context: ClientContext,
  { Bucket, Key, signal }: ObjectParameters,
): Promise<string[]> {
  const found: { UploadId: string; Initiated: string }[] = [];
  for await (const item of eachMultipartUpload(context, { Bucket, Prefix: Key, signal })) {
    if (item.Key === Key) found.push(item);
  }
  return found.sort((a, b) => (a.Initiated < b.Initiated ? 1 : -1)).map(({ UploadId }) => UploadId);
}

function withTrafficLimit(headers: Headers, limit: CosObject["TrafficLimit"]): Headers {
  return limit === undefined ? headers : Object.assign({}, headers, { "x-cos-traffic-limit": String(limit) });
}

function forbidOverwriteHeader(headers: Headers): Headers {
  const name = "x-cos-forbid-overwrite";
  return headers[name] === undefined ? {} : { [name]: headers[name] };
}

/** What is stored under the key; undefined when nothing is. */
async function storedObject(
  context: ClientContext,
  parameters: ReadParameters,
): ReturnType<UploadTarget["head"]> {
  try {
    const found = await headObject(context, parameters);
    return { ...storedAs(found), size: found.ContentLength };
  } catch (error) {
    if (error instanceof ServiceError && error.code === "not-found") return undefined;
    throw error;
  }
}

async function complete(
  context: ClientContext,
  parameters: Omit<CompleteMultipartUploadParameters, "MultipartUpload">,
  parts: Parameters<UploadTarget["complete"]>[1],
): Promise<StoredObject> {
  const Part = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: `"${etag}"` }));
  const result = await completeChecked(context, { MultipartUpload: { Part }, ...parameters });
  return storedAs(result, result.Location);
}

/** What HEAD or Complete says of an object, as the engine takes it. */
function storedAs(
  { ETag, crc64, versionId, requestId, headers }: ObjectDescription | CompleteMultipartUploadResult,
  location?: string,
): StoredObject {
  return {
    etag: unquote(ETag),
    crc64: crc64 === undefined ? undefined : BigInt(crc64),
    location,
    versionId,
    requestId,
    headers,
  };
}
