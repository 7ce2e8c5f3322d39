import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import { inferContentType, withContentType } from "../params/content-type.ts";
import { objectHeaders } from "../params/object-headers.ts";
import { MAX_BODY_BYTES } from "../params/shared-parameters.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { findIdenticalObject } from "../upload/identical-object.ts";
import { openBody, openPath } from "../upload/open-body.ts";
import type { UploadOptions } from "../upload/options.ts";
import { MB } from "../upload/plan.ts";
import type { UploadTarget } from "../upload/target.ts";
import type { Uploaded } from "../upload/uploaded.ts";
import { upload } from "../upload/uploader.ts";
import type { ClientContext } from "./context.ts";
import { cosTarget } from "./cos-target.ts";
import { fitUpload } from "./fit-upload.ts";
import type {
  BodyParameters,
  PutObjectFromLocalFileParameters,
  PutObjectParameters,
  UploadFileParameters,
} from "./parameters.ts";
import type { UploadResult } from "./upload-result.ts";

export type { UploadResult };

/** The document's limit of one PUT in the advanced upload. */
const ONE_PUT_MB = 20;

/**
 * PUT Object. Bytes in memory go up in one request, up to 5 GB; a file or stream above 20 MB, which would have to be
 * held in memory, goes up in parts.
 */
export async function putObject(
  context: ClientContext,
  parameters: PutObjectParameters,
): Promise<UploadResult> {
  const inferredType = inferContentType(parameters, context.contentTypes);
  const source = await openBody(
    context.runtime,
    parameters.Body,
    "Body",
    lengthOf(parameters),
    context.readAhead,
  );
  if (source.inMemory && (source.size ?? 0) > MAX_BODY_BYTES) {
    throw new ArgumentRangeError("Body", "must be at most 5 GB for one PUT; use uploadFile");
  }
  return run(
    context,
    parameters,
    inferredType,
    source,
    source.inMemory ? MAX_BODY_BYTES : onePutBytes(context.runtime),
  );
}

/** {@link putObject} of a file. */
export async function putObjectFromLocalFile(
  context: ClientContext,
  parameters: PutObjectFromLocalFileParameters,
): Promise<UploadResult> {
  const inferredType = inferContentType(parameters, context.contentTypes);
  const source = await openPath(context.runtime, parameters.LocalFilePath, lengthOf(parameters));
  return run(context, parameters, inferredType, source, onePutBytes(context.runtime));
}

/** The advanced upload: one PUT up to 20 MB, parts above; resumes from checkpoints. */
export async function uploadFile(
  context: ClientContext,
  parameters: UploadFileParameters,
): Promise<UploadResult> {
  const { LocalFilePath, Body, refuseSymlinks } = parameters;
  if ((LocalFilePath === undefined) === (Body === undefined)) {
    throw new ArgumentTypeError("LocalFilePath", "or Body is required by uploadFile: exactly one of them");
  }
  const inferredType = inferContentType(parameters, context.contentTypes);
  const source =
    LocalFilePath === undefined
      ? await openBody(context.runtime, Body, "Body", lengthOf(parameters), context.readAhead)
      : await openPath(context.runtime, LocalFilePath, lengthOf(parameters), refuseSymlinks);
  return run(context, parameters, inferredType, source, onePutBytes(context.runtime));
}

function onePutBytes(runtime: Runtime): number {
  return ONE_PUT_MB * (runtime.defaults.partUnit ?? MB);
}

/** The table takes strings of digits too. */
export function idleMsOf({ sourceIdleMs }: Pick<BodyParameters, "sourceIdleMs">): number | undefined {
  return sourceIdleMs === undefined ? undefined : Number(sourceIdleMs);
}

function lengthOf({ ContentLength }: BodyParameters): number | undefined {
  return ContentLength === undefined ? undefined : Number(ContentLength);
}

async function run(
  context: ClientContext,
  parameters: UploadFileParameters,
  inferredType: string | undefined,
  source: ByteSource,
  onePut: number,
): Promise<UploadResult> {
  const { Bucket, Key } = parameters;
  // What is read into a part buffer must fit the budget; above it, the source goes up in parts.
  const threshold = source.inMemory ? onePut : Math.min(onePut, context.memoryBudget);
  const headers = objectHeaders(parameters);
  const target = cosTarget(context, {
    Bucket,
    Key,
    headers: withContentType(headers, inferredType),
    TrafficLimit: parameters.TrafficLimit,
  });
  const options: Omit<UploadOptions, "partSize" | "concurrency"> = {
    Bucket,
    Key,
    endpoint: context.endpoint.serviceOf(Bucket),
    sourceIdleMs: idleMsOf(parameters),
    threshold,
    enableMd5: parameters.EnableMD5 ?? false,
    contentMd5: parameters.ContentMD5,
    headers,
    inferredType,
    checkpoints: parameters.checkpoints,
    resume: parameters.resume ?? "auto",
    signal: parameters.signal,
    onProgress: parameters.onProgress,
    onWarning: parameters.onWarning,
  };
  const found = await findSkippable(context, target, source, headers, parameters);
  const sent = async (): Promise<Uploaded> => {
    const { source: fitted, ...shape } = await fitUpload(context.runtime, source, parameters, threshold);
    return upload(
      target,
      fitted,
      { partSize: shape.partSize, concurrency: shape.concurrency, ...options },
      context,
    );
  };
  return resultOf(context, parameters, found ?? (await sent()), found);
}

function resultOf(
  { endpoint }: ClientContext,
  { Bucket, Key }: { readonly Bucket: string; readonly Key: string },
  uploaded: Uploaded,
  found: Found | undefined,
): UploadResult {
  return {
    Bucket,
    Key,
    ETag: `"${uploaded.etag}"`,
    Location: uploaded.location || endpoint.address(Bucket, Key, [], false).url,
    crc64: found?.unverified === true ? "" : String(uploaded.crc64),
    size: uploaded.size,
    UploadId: uploaded.uploadId,
    partsSent: uploaded.partsSent,
    partsResumed: uploaded.partsResumed,
    skipped: found !== undefined,
    requestId: uploaded.requestId,
    versionId: uploaded.versionId,
    headers: uploaded.headers,
  };
}

/** An object that was there already. */
interface Found extends Uploaded {
  /** COS told no CRC64 of it. */
  readonly unverified: boolean;
}

/** The object that is there already, as the result of an upload that sent nothing. */
async function findSkippable(
  context: ClientContext,
  target: UploadTarget,
  source: ByteSource,
  headers: Readonly<Record<string, string>>,
  parameters: Pick<UploadFileParameters, "skip" | "signal" | "onProgress" | "ContentMD5">,
): Promise<Found | undefined> {
  if (parameters.skip === undefined || parameters.skip === "never") return undefined;
  // Only an upload checks it.
  if (parameters.skip === "same" && parameters.ContentMD5 !== undefined) return undefined;
  const signal = parameters.signal ?? new AbortController().signal;
  try {
    const core = await context.digestCoreFor(0);
    const object = await findIdenticalObject(target, source, core, parameters.skip, headers, signal);
    if (object === undefined) return undefined;
    await source.close();
    parameters.onProgress?.(object.size, object.size);
    const { crc64 } = object;
    const nothing = { uploadId: undefined, partsSent: 0, partsResumed: 0 };
    return { ...object, ...nothing, crc64: crc64 ?? 0n, unverified: crc64 === undefined };
  } catch (error) {
    await source.close();
    throw error;
  }
}
