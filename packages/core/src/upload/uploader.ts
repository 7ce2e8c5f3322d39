import { CheckpointError } from "../errors.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import type { Published } from "./complete.ts";
import type { FilledPart } from "./filled-part.ts";
import { uploadInParts } from "./multipart.ts";
import { openStream, StreamLengths } from "./open-stream.ts";
import type { UploadDependencies, UploadOptions } from "./options.ts";
import { Progress } from "./progress.ts";
import { putBytes, putWhole } from "./put-whole.ts";
import type { UploadTarget } from "./target.ts";
import { sourceChanged } from "./unchanged.ts";
import type { UploadJob } from "./upload-job.ts";
import type { Uploaded } from "./uploaded.ts";

function onePut(published: Published): Uploaded {
  return { uploadId: undefined, partsSent: 1, partsResumed: 0, ...published };
}

/**
 * Uploads a source as one object: by one PUT up to the threshold, in parts above it. A stream of unknown length is one PUT
 * when it ends within its first part. Closes the source in the end.
 */
export async function upload(
  target: UploadTarget,
  source: ByteSource,
  options: UploadOptions,
  dependencies: UploadDependencies,
): Promise<Uploaded> {
  const progress = new Progress(options.onProgress, source.size, dependencies.clock);
  const signal = options.signal ?? new AbortController().signal;
  try {
    signal.throwIfAborted();
    const job = { target, source, options, dependencies, progress, signal };
    const uploaded = await (mayBeOnePut(source, options) ? uploadWhole(job) : uploadInParts(job));
    progress.finish();
    return uploaded;
  } finally {
    progress.stop();
    // The upload has been verified: it does not fail because its source cannot be closed.
    await source.close().catch(() => {});
  }
}

function mayBeOnePut({ size }: ByteSource, { threshold }: UploadOptions): boolean {
  return size === undefined || size <= threshold;
}

async function uploadWhole(job: UploadJob): Promise<Uploaded> {
  const { source, options, dependencies } = job;
  if (source.access === "sequential") return uploadStream(job);
  refuseRequiredResume(options);
  const size = source.size ?? 0;
  const core = await dependencies.digestCoreFor(source.inMemory ? 0 : size);
  return onePut(await putWhole(job, size, core));
}

/** A stream that ends within its first part is one PUT; any other is uploaded in parts. */
async function uploadStream(job: UploadJob): Promise<Uploaded> {
  const { source, options, dependencies, signal } = job;
  if (source.size !== undefined) refuseRequiredResume(options);
  const lengths = new StreamLengths(
    source.size,
    source.size ?? options.partSize,
    options.partSize,
    dependencies,
  );
  const stream = await openStream(source, options, dependencies, lengths);
  // The reader gives a first part of any stream, an empty one of an empty stream.
  const first = (await stream.reader.next(signal)) as FilledPart;
  try {
    if (!stream.reader.ended) {
      return await uploadInParts({ ...job, streaming: { ...stream, first } });
    }
    refuseRequiredResume(options);
    if ((await source.changed()) !== false) throw sourceChanged();
    return onePut(await putBytes(job, first.bytes, first.core));
  } finally {
    // The part has been released already if it was sent; releasing it twice does nothing.
    first.release();
  }
}

/** A single PUT cannot be resumed. */
function refuseRequiredResume({ resume }: UploadOptions): void {
  if (resume !== "require") return;
  throw new CheckpointError(
    "a resume is required, but this source is uploaded by one request, which cannot be resumed",
    "checkpoint-unusable",
    undefined,
    "use resume: 'auto'",
  );
}
