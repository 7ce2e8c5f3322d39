import { IntegrityError } from "../errors.ts";
import { outcomeOf } from "../http/outcome.ts";
import { copySourceHeader } from "../params/copy-source.ts";
import { customerKeyHeaders, objectHeaders } from "../params/object-headers.ts";
import { sourceHeaders } from "../params/source-key.ts";
import { headersOf } from "../params/table.ts";
import { copyWholeObject } from "../requests/copy-object.ts";
import { headObject } from "../requests/head-object.ts";
import type { ObjectDescription } from "../requests/object-description.ts";
import { MB } from "../upload/plan.ts";
import { Progress } from "../upload/progress.ts";
import { isOverwriteRefused } from "../upload/resolve-outcome.ts";
import type { ClientContext } from "./context.ts";
import { copyInParts } from "./copy-in-parts.ts";
import { type Copied, copyUnknown, requireCopied } from "./copy-outcome.ts";
import { COPY_OBJECT, type CopyObjectParameters, type CopyObjectResult } from "./copy-parameters.ts";
import { replacesMetadata, withSourceMetadata } from "./source-metadata.ts";

const DEFAULT_PART_MB = 64;

/**
 * Copies an object inside COS, in parts when it is large. The source is pinned by its ETag, so that parts of two
 * versions never mix, and the copy is verified by its size and CRC64.
 */
export async function copyObject(
  context: ClientContext,
  parameters: CopyObjectParameters,
): Promise<CopyObjectResult> {
  const source = await headSource(context, parameters);
  const partSize = (parameters.PartSize ?? DEFAULT_PART_MB) * (context.partUnit ?? MB);
  const pinned = { ...parameters, CopySourceIfMatch: parameters.CopySourceIfMatch ?? source.ETag };
  const progress = new Progress(parameters.onProgress, source.ContentLength, context.clock);
  const carrying = withSourceMetadata(pinned, source);
  const { partsCopied, doubt } =
    source.ContentLength > partSize
      ? await copyInParts(context, carrying, source.ContentLength, partSize, progress)
      : await copyWhole(context, isOntoItself(parameters) ? carrying : pinned);
  const copy = await headCopy(context, parameters, doubt);
  if (doubt === undefined) requireEqual(copy, source);
  else requireCopied(copy, source, objectHeaders(carrying), doubt);
  const rest = copy.ContentLength - progress.consumed;
  progress.received(rest);
  progress.add(rest, rest);
  progress.finish();
  const { Bucket, Key } = parameters;
  return { Bucket, Key, ETag: copy.ETag, size: copy.ContentLength, crc64: copy.crc64, partsCopied };
}

function requireEqual(copy: ObjectDescription, source: ObjectDescription): void {
  const sameCrc64 = source.crc64 === undefined || copy.crc64 === source.crc64;
  if (copy.ContentLength === source.ContentLength && sameCrc64) return;
  throw new IntegrityError("the copy is not the source (size, CRC64)", {
    expected: `${source.ContentLength}, ${source.crc64}`,
    actual: `${copy.ContentLength}, ${copy.crc64}`,
  });
}

function isOntoItself({ Bucket, Key, CopySource }: CopyObjectParameters): boolean {
  return Bucket === CopySource.Bucket && Key === CopySource.Key;
}

function headSource(context: ClientContext, parameters: CopyObjectParameters): Promise<ObjectDescription> {
  const { Bucket, Key, Region, VersionId } = parameters.CopySource;
  const there: ClientContext = { ...context, endpoint: context.endpoint.inRegion(Region) };
  const headers = sourceHeaders(objectHeaders(parameters));
  return headObject(there, { Bucket, Key, VersionId, headers, signal: parameters.signal });
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

async function copyWhole(context: ClientContext, parameters: CopyObjectParameters): Promise<Copied> {
  const headers = {
    ...objectHeaders(parameters),
    ...headersOf(COPY_OBJECT.parameters, parameters),
    "x-cos-copy-source": copySourceHeader(parameters.CopySource),
    // Without it COS keeps the source's headers and ignores these.
    "x-cos-metadata-directive": replacesMetadata(parameters) ? "Replaced" : "Copy",
  };
  let mayBeThere = false;
  try {
    await copyWholeObject(context, parameters, headers, (failure) => {
      mayBeThere ||= outcomeOf(failure) === "unknown";
    });
    return { partsCopied: 1 };
  } catch (error) {
    // A copy whose response was lost may be what the key is taken by: the HEAD that follows decides.
    if (mayBeThere && isOverwriteRefused(error)) return { partsCopied: 1, doubt: error };
    throw error;
  }
}
