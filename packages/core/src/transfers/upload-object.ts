import { ArgumentRangeError } from "../errors.ts";
import { inferContentType, withContentType } from "../params/content-type.ts";
import { MAX_BODY_BYTES } from "../params/limits.ts";
import { objectHeaders } from "../params/object-headers.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import type { CheckpointStore } from "../runtime/checkpoint-store.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { openBody, openPath } from "../upload/open-body.ts";
import type { UploadOptions, WarningCallback } from "../upload/options.ts";
import { MB } from "../upload/plan.ts";
import { upload } from "../upload/uploader.ts";
import { adaptUpload } from "./adapt-upload.ts";
import { contentLengthOf, sourceIdleMsOf } from "./body-parameters.ts";
import { notOneSource } from "./check-upload.ts";
import { checkpointStoreOf } from "./checkpoints.ts";
import type { ClientContext } from "./context.ts";
import { cosTarget } from "./cos-target.ts";
import type { PutObjectFromLocalFileParameters } from "./local-file-parameters.ts";
import type { PutObjectParameters, UploadFileParameters } from "./parameters.ts";
import { maySkip, skipExisting } from "./skip-existing.ts";
import { type UploadResult, uploadResult } from "./upload-result.ts";

/** MB up to which the advanced upload is one PUT, as Tencent's document says. */
const ONE_PUT_MB = 20;

/**
 * PUT Object. Bytes in memory are sent in one request, up to 5 GB. A file or stream above 20 MB is uploaded in parts,
 * because one request would hold all of it in memory.
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
    contentLengthOf(parameters),
    context.readAhead,
  );
  if (source.inMemory && (source.size ?? 0) > MAX_BODY_BYTES) {
    throw new ArgumentRangeError("Body", "must be at most 5 GB for one PUT; use uploadFile");
  }
  return uploadSource(
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
  const source = await openPath(context.runtime, parameters.LocalFilePath, contentLengthOf(parameters));
  return uploadSource(context, parameters, inferredType, source, onePutBytes(context.runtime));
}

/** The advanced upload: one PUT up to 20 MB, parts above; resumes from a checkpoint. */
export async function uploadFile(
  context: ClientContext,
  parameters: UploadFileParameters,
): Promise<UploadResult> {
  const { LocalFilePath, Body, refuseSymlinks } = parameters;
  if ((LocalFilePath === undefined) === (Body === undefined)) {
    throw notOneSource();
  }
  const checkpoints = checkpointStoreOf(context, parameters.checkpoints);
  const inferredType = inferContentType(parameters, context.contentTypes);
  const source =
    LocalFilePath === undefined
      ? await openBody(context.runtime, Body, "Body", contentLengthOf(parameters), context.readAhead)
      : await openPath(context.runtime, LocalFilePath, contentLengthOf(parameters), refuseSymlinks);
  return uploadSource(context, parameters, inferredType, source, onePutBytes(context.runtime), checkpoints);
}

function onePutBytes(runtime: Runtime): number {
  return ONE_PUT_MB * (runtime.defaults.partUnit ?? MB);
}

/** Uploads an open source, and closes it. */
async function uploadSource(
  context: ClientContext,
  parameters: UploadFileParameters,
  inferredType: string | undefined,
  source: ByteSource,
  onePut: number,
  checkpoints?: CheckpointStore,
): Promise<UploadResult> {
  const { Bucket, Key, TrafficLimit } = parameters;
  // What is read into a part buffer must fit the budget; above it, the source is uploaded in parts.
  const threshold = source.inMemory ? onePut : Math.min(onePut, context.memoryBudget);
  const asked = objectHeaders(parameters);
  const headers = withContentType(asked, inferredType);
  const target = cosTarget(context, { Bucket, Key, headers, TrafficLimit });
  const skipped = maySkip(parameters)
    ? await skipExisting(context, target, source, asked, parameters)
    : undefined;
  if (skipped !== undefined) return uploadResult(context.endpoint, parameters, skipped, skipped);
  const plan = await adaptUpload(context.runtime, source, parameters, threshold, checkpoints);
  const options: UploadOptions = {
    Bucket,
    Key,
    endpoint: context.endpoint.serviceOf(Bucket),
    sourceIdleMs: sourceIdleMsOf(parameters),
    partSize: plan.partSize,
    concurrency: plan.concurrency,
    threshold,
    enableMd5: parameters.EnableMD5 ?? false,
    contentMd5: parameters.ContentMD5,
    headers: asked,
    inferredType,
    checkpoints,
    resume: parameters.resume ?? "auto",
    signal: parameters.signal,
    onProgress: parameters.onProgress,
    onWarning: explained(parameters.onWarning, context.runtime),
  };
  // After a failure too: the connection may be its reason.
  const uploaded = await upload(target, plan.source, options, context).finally(() =>
    context.runtime.warnOfConnection?.(parameters.onWarning),
  );
  return uploadResult(context.endpoint, parameters, uploaded, undefined);
}

/** Adds to the warning `unverified` why the runtime may not have seen the checksum. */
function explained(onWarning: WarningCallback | undefined, runtime: Runtime): WarningCallback | undefined {
  if (onWarning === undefined || runtime.unverifiedHint === undefined) return onWarning;
  return (warning) => {
    const { code, message } = warning;
    onWarning(
      code === "unverified" ? { ...warning, message: `${message}; ${runtime.unverifiedHint}` } : warning,
    );
  };
}
