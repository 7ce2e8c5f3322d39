import type { DigestCore } from "../digest/digest-core.ts";
import { IntegrityError } from "../errors.ts";
import { outcomeOf } from "../http/outcome.ts";
import type { CosResponse } from "../http/request-spec.ts";
import { sendWithRetry } from "../http/retry.ts";
import { type CopySource, checkCopySource, copySourceHeader } from "../params/copy-source.ts";
import {
  customerKeyHeaders,
  OBJECT_HEADERS,
  type ObjectHeaders,
  objectHeaders,
} from "../params/object-headers.ts";
import { COPY_CONDITIONS, ENGINE, OBJECT, TRAFFIC_LIMIT } from "../params/shared-parameters.ts";
import { copiedPartHeaders, initialHeaders, sourceHeaders } from "../params/source-key.ts";
import { headersOf, type Method } from "../params/table.ts";
import { COPY_TIMEOUT_MS, type CopyConditions, uploadPartCopy } from "../requests/copy-part.ts";
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
} from "../requests/multipart.ts";
import { headObject, type ObjectDescription, type ObjectParameters } from "../requests/objects.ts";
import { readResult, unexpected } from "../requests/read-result.ts";
import { type Discarded, discard } from "../upload/clean-up.ts";
import { initiate } from "../upload/initiate.ts";
import type { ProgressCallback, WarningCallback } from "../upload/options.ts";
import { MB, type Plan, planParts } from "../upload/plan.ts";
import { isNoSuchUpload, isOverwriteRefused } from "../upload/resolve-outcome.ts";
import { runWorkers } from "../upload/run-workers.ts";
import type { UploadTarget } from "../upload/target.ts";
import { textOf } from "../xml/read.ts";
import type { ClientContext } from "./context.ts";
import { copyUnknown, requireCopied } from "./copy-outcome.ts";

/** The parameters of copyObject. */
export const COPY_OBJECT = {
  name: "copyObject",
  parameters: {
    ...OBJECT,
    CopySource: { check: checkCopySource, required: true },
    ...COPY_CONDITIONS,
    TrafficLimit: TRAFFIC_LIMIT,
    ...OBJECT_HEADERS,
    ...ENGINE,
  },
} as const satisfies Method;

/** What {@link CosClient.copyObject} takes. */
export interface CopyObjectParameters extends ObjectParameters, ObjectHeaders, CopyConditions {
  /** What to copy from. */
  readonly CopySource: CopySource;
  /** MB per part, 1 to 5120; default 64. Sources up to one part are copied in one request. */
  readonly PartSize?: number | undefined;
  /** Parts under way at once; default 5. */
  readonly MAXThread?: number | undefined;
  /** bit/s, 819 200 to 838 860 800 (100 KB/s to 100 MB/s). */
  readonly TrafficLimit?: number | string | undefined;
  /** Receives the bytes that COS has acknowledged so far. */
  readonly onProgress?: ProgressCallback | undefined;
  /** Told of what did not stop the call but is worth knowing. */
  readonly onWarning?: WarningCallback | undefined;
}

/** What {@link CosClient.copyObject} gives. */
export interface CopyObjectResult {
  /** BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** With its quotes, as COS gives it. */
  readonly ETag: string;
  /** Bytes of the object. */
  readonly size: number;
  /** CRC64-ECMA as unsigned decimal. */
  readonly crc64: string | undefined;
  /** Parts it was copied in; 0: in one request. */
  readonly partsCopied: number;
}

const DEFAULT_PART_MB = 64;

/**
 * Copies an object inside COS, in parts when it is large. The source is pinned by its ETag, so that parts of two
 * versions never mix, and the copy is proven by its size and CRC64.
 */
export async function copyObject(
  context: ClientContext,
  parameters: CopyObjectParameters,
): Promise<CopyObjectResult> {
  const source = await headSource(context, parameters);
  const partSize = (parameters.PartSize ?? DEFAULT_PART_MB) * (context.partUnit ?? MB);
  const pinned = { ...parameters, CopySourceIfMatch: parameters.CopySourceIfMatch ?? source.ETag };
  const carrying = { ...pinned, headers: { ...metadataToCarry(parameters, source), ...parameters.headers } };
  const { partsCopied, doubt } =
    source.ContentLength > partSize
      ? await copyInParts(context, carrying, source.ContentLength, partSize)
      : await copyWhole(context, isOntoItself(parameters) ? carrying : pinned);
  const copy = await headCopy(context, parameters, doubt);
  if (doubt !== undefined) {
    requireCopied(copy, source, objectHeaders(carrying), doubt);
  } else if (
    copy.ContentLength !== source.ContentLength ||
    (source.crc64 !== undefined && copy.crc64 !== source.crc64)
  ) {
    throw new IntegrityError("the copy is not the source (size, CRC64)", {
      expected: `${source.ContentLength}, ${source.crc64}`,
      actual: `${copy.ContentLength}, ${copy.crc64}`,
    });
  }
  parameters.onProgress?.(copy.ContentLength, copy.ContentLength);
  const { Bucket, Key } = parameters;
  return { Bucket, Key, ETag: copy.ETag, size: copy.ContentLength, crc64: copy.crc64, partsCopied };
}

async function headCopy(
  context: ClientContext,
  parameters: CopyObjectParameters,
  doubt: unknown,
): Promise<ObjectDescription> {
  const { Bucket, Key, signal } = parameters;
  const headers = customerKeyHeaders(objectHeaders(parameters));
  try {
    return await headObject(context, { Bucket, Key, headers, signal });
  } catch (cause) {
    signal?.throwIfAborted();
    throw copyUnknown("HEAD, which would verify the copy, failed", doubt ?? cause);
  }
}

/** What describes the content, and is the source's unless the caller replaces any of it. */
const METADATA = /^(cache-control|content-(disposition|encoding|language|type)|expires|x-cos-meta-.+)$/;

function isReplaced(parameters: CopyObjectParameters): boolean {
  return Object.keys(objectHeaders(parameters)).some((name) => METADATA.test(name));
}

function isOntoItself({ Bucket, Key, CopySource }: CopyObjectParameters): boolean {
  return Bucket === CopySource.Bucket && Key === CopySource.Key;
}

/** The source's metadata, for the copies with which COS does not take it over: in parts, and onto itself. */
function metadataToCarry(
  parameters: CopyObjectParameters,
  source: ObjectDescription,
): Record<string, string> {
  if (isReplaced(parameters)) return {};
  return Object.fromEntries(Object.entries(source.headers).filter(([name]) => METADATA.test(name)));
}

function headSource(context: ClientContext, parameters: CopyObjectParameters): Promise<ObjectDescription> {
  const { Bucket, Key, Region, VersionId } = parameters.CopySource;
  const there: ClientContext = { ...context, endpoint: context.endpoint.inRegion(Region) };
  const headers = sourceHeaders(objectHeaders(parameters));
  return headObject(there, { Bucket, Key, VersionId, headers, signal: parameters.signal });
}

/** How a copy went; `doubt` is the failure after which its outcome is unknown. */
interface Copied {
  readonly partsCopied: number;
  readonly doubt?: unknown;
}

async function copyWhole(context: ClientContext, parameters: CopyObjectParameters): Promise<Copied> {
  const check = (response: CosResponse): void => {
    const result = readResult("copyObject", response, "CopyObjectResult");
    if (!textOf(result, "ETag")) throw unexpected("copyObject", response, "no ETag");
  };
  let mayBeThere = false;
  const sent = sendWithRetry(context, {
    operation: "copyObject",
    method: "PUT",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: [],
    headers: {
      ...objectHeaders(parameters),
      ...headersOf(COPY_OBJECT.parameters, parameters),
      "x-cos-copy-source": copySourceHeader(parameters.CopySource),
      // Without it COS keeps the source's headers and ignores these.
      "x-cos-metadata-directive": isReplaced(parameters) ? "Replaced" : "Copy",
    },
    body: new Uint8Array(0),
    idempotent: true,
    validateResponse: check,
    onRetry: (failure) => {
      mayBeThere ||= outcomeOf(failure) === "unknown";
    },
    responseTimeoutMs: COPY_TIMEOUT_MS,
    signal: parameters.signal,
  });
  const refused = await sent.then(
    () => undefined,
    (error: unknown) => {
      // A copy whose response was lost may be what the key is taken by: the HEAD that follows decides.
      if (mayBeThere && isOverwriteRefused(error)) return error;
      throw error;
    },
  );
  return { partsCopied: 1, doubt: refused };
}

async function copyInParts(
  context: ClientContext,
  parameters: CopyObjectParameters & { readonly CopySourceIfMatch: string },
  size: number,
  preferred: number,
): Promise<Copied> {
  const core = await context.digestCoreFor(0);
  const plan = planParts(core, size, preferred, context.partUnit);
  const object = { Bucket: parameters.Bucket, Key: parameters.Key, signal: parameters.signal };
  const headers = objectHeaders(parameters);
  const signal = parameters.signal ?? new AbortController().signal;
  const begin = async (): Promise<string> =>
    (await createMultipartUpload(context, { ...object, headers: initialHeaders(headers) })).UploadId;
  const UploadId = await initiate(
    { initiate: begin },
    { ...parameters, onWarning: parameters.onWarning },
    signal,
  );
  let completing = false;
  try {
    const Part = await copyParts(context, parameters, UploadId, core, plan);
    const { ForbidOverwrite } = parameters;
    completing = true;
    await completeMultipartUpload(context, {
      ...object,
      UploadId,
      MultipartUpload: { Part },
      ForbidOverwrite,
    });
    return { partsCopied: plan.partCount };
  } catch (error) {
    const left = await giveUp(context, parameters, UploadId);
    const doubtful = outcomeOf(error) === "unknown" || isNoSuchUpload(error);
    if (!completing || !doubtful || left === "aborted") throw error;
    // The response to Complete was lost and there is nothing left to abort: the HEAD that follows decides.
    if (left === "unknown upload") return { partsCopied: plan.partCount, doubt: error };
    parameters.signal?.throwIfAborted();
    throw copyUnknown("the upload cannot be aborted either", error);
  }
}

/** Copies all parts, in as many loops as the caller says. */
async function copyParts(
  context: ClientContext,
  parameters: CopyObjectParameters & { readonly CopySourceIfMatch: string },
  UploadId: string,
  core: DigestCore,
  plan: Plan,
): Promise<{ PartNumber: number; ETag: string }[]> {
  const { Bucket, Key, CopySource, CopySourceIfMatch, TrafficLimit } = parameters;
  const headers = copiedPartHeaders(objectHeaders(parameters));
  const parts: { PartNumber: number; ETag: string }[] = [];
  let next = 1;
  let copied = 0;
  const loop = async (signal: AbortSignal): Promise<void> => {
    while (next <= plan.partCount) {
      const PartNumber = next;
      next += 1;
      const start = core.partStart(PartNumber, plan.partSize);
      const length = core.partLength(PartNumber, plan.size, plan.partSize);
      const CopySourceRange = `bytes=${start}-${start + length - 1}`;
      const source = { CopySource, CopySourceRange, CopySourceIfMatch };
      const part = { Bucket, Key, PartNumber, UploadId, TrafficLimit, headers, signal };
      const { ETag } = await uploadPartCopy(context, { ...part, ...source });
      parts[PartNumber - 1] = { PartNumber, ETag };
      copied += length;
      if (copied < plan.size) parameters.onProgress?.(copied, plan.size);
    }
  };
  await runWorkers(parameters.MAXThread ?? context.runtime.defaults.concurrency, loop, parameters.signal);
  return parts;
}

function giveUp(
  context: ClientContext,
  { Bucket, Key, onWarning }: CopyObjectParameters,
  UploadId: string,
): Promise<Discarded> {
  // Not under the caller's signal: what the caller gave up is tidied up all the same.
  const abort: UploadTarget["abort"] = (_, signal) =>
    abortMultipartUpload(context, { Bucket, Key, UploadId, signal: context.lifetime.signalFor(signal) });
  return discard({ abort }, UploadId, { onWarning }, context.clock);
}
