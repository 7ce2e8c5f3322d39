import type { DigestCore } from "../digest/digest-core.ts";
import { outcomeOf } from "../http/outcome.ts";
import { objectHeaders } from "../params/object-headers.ts";
import { copiedPartHeaders, initialHeaders } from "../params/source-key.ts";
import { abortMultipartUpload } from "../requests/abort-multipart-upload.ts";
import { completeMultipartUpload } from "../requests/complete-multipart-upload.ts";
import { initiateMultipartUpload } from "../requests/initiate-multipart-upload.ts";
import { uploadPartCopy } from "../requests/upload-part-copy.ts";
import { type Discarded, discard } from "../upload/clean-up.ts";
import { initiate } from "../upload/initiate.ts";
import { type Plan, planParts } from "../upload/plan.ts";
import type { Progress } from "../upload/progress.ts";
import { isNoSuchUpload } from "../upload/resolve-outcome.ts";
import { runWorkers } from "../upload/run-workers.ts";
import type { UploadTarget } from "../upload/target.ts";
import type { ClientContext } from "./context.ts";
import { type Copied, copyUnknown } from "./copy-outcome.ts";
import type { CopyObjectParameters } from "./copy-parameters.ts";

/** A copy whose source is pinned: parts of two versions never mix. */
export type PinnedCopy = CopyObjectParameters & { readonly CopySourceIfMatch: string };

/** Copies a source of `size` bytes in parts; aborts the upload when that fails. */
export async function copyInParts(
  context: ClientContext,
  parameters: PinnedCopy,
  size: number,
  preferredPartSize: number,
  progress: Progress,
): Promise<Copied> {
  const core = await context.digestCoreFor(0);
  const plan = planParts(core, size, preferredPartSize, context.partUnit);
  const { Bucket, Key, ForbidOverwrite } = parameters;
  const object = { Bucket, Key, signal: parameters.signal };
  const UploadId = await initiateCopy(context, parameters);
  let completing = false;
  try {
    const Part = await copyParts(context, parameters, UploadId, core, plan, progress);
    completing = true;
    await completeMultipartUpload(context, {
      ...object,
      UploadId,
      MultipartUpload: { Part },
      ForbidOverwrite,
    });
    return { partsCopied: plan.partCount };
  } catch (error) {
    const left = await discardCopy(context, parameters, UploadId);
    const doubtful = outcomeOf(error) === "unknown" || isNoSuchUpload(error);
    if (!completing || !doubtful || left === "aborted") throw error;
    // The response to Complete was lost and there is nothing left to abort: the HEAD that follows decides.
    if (left === "unknown upload") return { partsCopied: plan.partCount, doubt: error };
    parameters.signal?.throwIfAborted();
    throw copyUnknown("the upload cannot be aborted either", error);
  }
}

function initiateCopy(context: ClientContext, parameters: PinnedCopy): Promise<string> {
  const { Bucket, Key, signal } = parameters;
  const headers = initialHeaders(objectHeaders(parameters));
  const begin = async (): Promise<string> =>
    (await initiateMultipartUpload(context, { Bucket, Key, signal }, headers)).UploadId;
  return initiate(
    { initiate: begin },
    { ...parameters, onWarning: parameters.onWarning },
    signal ?? new AbortController().signal,
  );
}

/** Copies all parts, `MAXThread` of them at once. */
async function copyParts(
  context: ClientContext,
  parameters: PinnedCopy,
  UploadId: string,
  core: DigestCore,
  plan: Plan,
  progress: Progress,
): Promise<{ PartNumber: number; ETag: string }[]> {
  const { Bucket, Key, CopySource, CopySourceIfMatch, TrafficLimit } = parameters;
  const headers = copiedPartHeaders(objectHeaders(parameters));
  const parts: { PartNumber: number; ETag: string }[] = [];
  let next = 1;
  const worker = async (signal: AbortSignal): Promise<void> => {
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
      progress.received(length);
      progress.add(length, length);
    }
  };
  await runWorkers(parameters.MAXThread ?? context.runtime.defaults.concurrency, worker, parameters.signal);
  return parts;
}

function discardCopy(
  context: ClientContext,
  { Bucket, Key, onWarning }: CopyObjectParameters,
  UploadId: string,
): Promise<Discarded> {
  // Not under the caller's signal: an upload is aborted although its caller has aborted the call.
  const abort: UploadTarget["abort"] = (_, signal) =>
    abortMultipartUpload(context, { Bucket, Key, UploadId, signal: context.lifetime.signalFor(signal) });
  return discard({ abort }, UploadId, { onWarning }, context.clock);
}
