import { ArgumentRangeError, ArgumentTypeError } from "../errors.ts";
import { type ContentTypeInference, inferContentType, withContentType } from "../params/content-type.ts";
import { type ObjectHeaders, objectHeaders } from "../params/object-headers.ts";
import { MAX_BODY_BYTES } from "../params/tables.ts";
import type { ObjectParameters } from "../requests/objects.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import type { CheckpointStore } from "../runtime/checkpoint-store.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { findIdenticalObject, type SkipMode } from "../upload/identical-object.ts";
import { type Body, openBody, openPath } from "../upload/open-body.ts";
import type { ProgressCallback, ResumeMode, UploadOptions, WarningCallback } from "../upload/options.ts";
import { MB } from "../upload/plan.ts";
import type { UploadTarget } from "../upload/target.ts";
import { type Uploaded, upload } from "../upload/uploader.ts";
import type { ClientContext } from "./context.ts";
import { cosTarget } from "./cos-target.ts";
import { fitUpload } from "./fit-upload.ts";
import type { UploadResult } from "./upload-result.ts";

export type { UploadResult };

/** The document's limit of one PUT in the advanced upload. */
const ONE_PUT_MB = 20;

/** What every upload of bytes takes. */
export interface BodyParameters {
  /**
   * Let COS check the Content-MD5 of every part too; default false: parts are proven by CRC64 before anything is
   * published. One PUT always carries it, because COS must refuse wrong bytes before they replace what the key held.
   */
  readonly EnableMD5?: boolean | undefined;
  /** Bytes of the body, when it is a stream and you know; a body of another length is refused. */
  readonly ContentLength?: number | string | undefined;
  /**
   * Base64 MD5 of the whole body as you know it. A body with another one is not published: an IntegrityError
   * (`integrity`, not retryable), as soon as all bytes were read.
   */
  readonly ContentMD5?: string | undefined;
  /** bit/s for each request, 819 200 to 838 860 800 (100 KB/s to 100 MB/s). */
  readonly TrafficLimit?: number | string | undefined;
  /**
   * Milliseconds after which a stream that gives no bytes fails with a SourceError (`source-unreadable`), its first byte
   * included; at least 1. It is noticed within a quarter of that time more. Default: no limit, because what a stream is
   * made of may take its time; a silent stream keeps no memory that another upload waits for.
   */
  readonly sourceIdleMs?: number | undefined;
}

/** How an upload in parts is done. */
export interface EngineParameters {
  /**
   * MB (1 048 576 bytes) per part, 1 to 5120; grows so that 10 000 parts suffice. Default 1, for streams 8; on Workers 8
   * for all, and more where the subrequests would not suffice otherwise. The parts of a stream of unknown length grow
   * from the 2501st on, twice as large every 300, up to 1 GB, so that 5 TB fit. A part is held in memory: one that is
   * larger than `memoryBudget` is held besides it, one such part at a time for all uploads of the client, and warned of
   * (`memory-over-budget`); 4094 MB at most.
   */
  readonly PartSize?: number | undefined;
  /** Parts under way at once; default 5. */
  readonly MAXThread?: number | undefined;
  /** Told of every byte that COS has acknowledged. */
  readonly onProgress?: ProgressCallback | undefined;
  /** Told of what did not stop the upload but is worth knowing, an orphaned upload for one. */
  readonly onWarning?: WarningCallback | undefined;
}

/** What {@link CosClient.putObject} takes. */
export interface PutObjectParameters
  extends ObjectParameters,
    BodyParameters,
    ObjectHeaders,
    ContentTypeInference,
    EngineParameters {
  /** What to upload. */
  readonly Body: Body;
}

/** What {@link CosClient.putObjectFromLocalFile} takes. */
export interface PutObjectFromLocalFileParameters
  extends ObjectParameters,
    BodyParameters,
    ObjectHeaders,
    ContentTypeInference,
    EngineParameters {
  /** Path or file: URL. A change of the file during the upload is noticed as `uploadFile` says. */
  readonly LocalFilePath: string | URL;
}

/** What {@link CosClient.uploadFile} takes. */
export interface UploadFileParameters
  extends ObjectParameters,
    BodyParameters,
    ObjectHeaders,
    ContentTypeInference,
    EngineParameters {
  /**
   * Path or file: URL. Either this or `Body`. A file that changes during the upload is refused (`source-changed`), by its
   * size and its modification and change times; where only the last moved, it is read again. What another process
   * writes through a memory mapping of the file moves none of them while the page is already dirty, so it goes unnoticed,
   * and the object may then mix old bytes and new: do not upload a file that a program has mapped for writing.
   */
  readonly LocalFilePath?: string | URL | undefined;
  /**
   * Upload `LocalFilePath` only if it is a regular file that no symbolic link leads to, neither its own name nor a
   * folder's above it; default false. `uploadDirectory` uploads every file so, by its path without links.
   */
  readonly plainFile?: boolean | undefined;
  /** What else can be uploaded: bytes, a Blob, a stream of known or unknown length. */
  readonly Body?: Body | undefined;
  /**
   * Where to keep checkpoints; without them, an upload that fails is aborted and begins anew. A stream is resumed when it
   * is given again from its beginning: each part is compared with what COS holds, and only the rest is sent. Bytes in
   * memory and Blobs that are no Files have no checkpoint.
   */
  readonly checkpoints?: CheckpointStore | undefined;
  /**
   * What to do about an earlier upload that did not finish; default `auto`. `require` fails with a CheckpointError when
   * there is nothing to go on with, always for a source that goes up in one PUT.
   */
  readonly resume?: ResumeMode | undefined;
  /**
   * Do not upload what COS holds already; default `never`, which asks nothing beforehand. `same` compares the bytes and
   * every header that this call asks for.
   */
  readonly skip?: SkipMode | undefined;
}

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
  if (source.resident && (source.size ?? 0) > MAX_BODY_BYTES) {
    throw new ArgumentRangeError("Body", "must be at most 5 GB for one PUT; use uploadFile");
  }
  return run(
    context,
    parameters,
    inferredType,
    source,
    source.resident ? MAX_BODY_BYTES : onePutBytes(context.runtime),
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
  const { LocalFilePath, Body, plainFile } = parameters;
  if ((LocalFilePath === undefined) === (Body === undefined)) {
    throw new ArgumentTypeError("LocalFilePath", "or Body is required by uploadFile: exactly one of them");
  }
  const inferredType = inferContentType(parameters, context.contentTypes);
  const source =
    LocalFilePath === undefined
      ? await openBody(context.runtime, Body, "Body", lengthOf(parameters), context.readAhead)
      : await openPath(context.runtime, LocalFilePath, lengthOf(parameters), plainFile);
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
  const threshold = source.resident ? onePut : Math.min(onePut, context.memoryBudget);
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
    crc64: found?.unproven === true ? "" : String(uploaded.crc64),
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
  readonly unproven: boolean;
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
    const core = await context.coreFor(0);
    const object = await findIdenticalObject(target, source, core, parameters.skip, headers, signal);
    if (object === undefined) return undefined;
    await source.close();
    parameters.onProgress?.(object.size, object.size);
    const { crc64 } = object;
    const nothing = { uploadId: undefined, partsSent: 0, partsResumed: 0 };
    return { ...object, ...nothing, crc64: crc64 ?? 0n, unproven: crc64 === undefined };
  } catch (error) {
    await source.close();
    throw error;
  }
}
