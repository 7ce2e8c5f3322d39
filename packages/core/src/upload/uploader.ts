import type { DigestCore } from "../digest/digest-core.ts";
import type { Published } from "./complete.ts";
import { uploadInParts } from "./multipart.ts";
import type { UploadDependencies, UploadOptions } from "./options.ts";
import { PartReader } from "./part-reader.ts";
import { Progress } from "./progress.ts";
import { putBytes, putWhole } from "./put-whole.ts";
import type { ByteSource } from "./source.ts";
import type { UploadTarget } from "./target.ts";

export interface Uploaded extends Published {
  /** Undefined when one PUT was enough. */
  readonly uploadId: string | undefined;
  /** Requests that carried bytes: parts, or the one PUT. */
  readonly partsSent: number;
  /** Parts that COS held already: compared with the local bytes or, of an immutable source, with the checkpoint. */
  readonly partsResumed: number;
}

function onePut(published: Published): Uploaded {
  return { uploadId: undefined, partsSent: 1, partsResumed: 0, ...published };
}

/**
 * Uploads a source as one object: in one PUT up to the threshold, in parts above it. A stream of unknown length is
 * one PUT when it ends within its first part. Closes the source in the end.
 */
export async function upload(
  target: UploadTarget,
  source: ByteSource,
  options: UploadOptions,
  dependencies: UploadDependencies,
): Promise<Uploaded> {
  const progress = new Progress(options.onProgress, source.size);
  const signal = options.signal ?? new AbortController().signal;
  try {
    signal.throwIfAborted();
    const { size } = source;
    let uploaded: Uploaded;
    if (size === undefined) {
      uploaded = await uploadStream(target, source, options, dependencies, progress, signal);
    } else if (size <= options.threshold) {
      const core = await dependencies.coreFor(source.resident ? 0 : size);
      uploaded = onePut(await putWhole(target, source, size, core, options, progress, signal));
    } else {
      uploaded = await uploadInParts({ target, source, options, dependencies, progress, signal });
    }
    progress.finish();
    return uploaded;
  } finally {
    // What has been uploaded is proven: a source that cannot be closed takes nothing from it.
    await source.close().catch(() => {});
  }
}

async function uploadStream(
  target: UploadTarget,
  source: ByteSource,
  options: UploadOptions,
  dependencies: UploadDependencies,
  progress: Progress,
  signal: AbortSignal,
): Promise<Uploaded> {
  const core: DigestCore = await dependencies.coreFor(options.partSize);
  const md5 = options.contentMd5 === undefined ? undefined : core.md5Stream();
  const reader = new PartReader(source, core, options.partSize, undefined, md5);
  const first = await reader.next(signal);
  if (first === undefined || first.bytes.length < options.partSize) {
    try {
      const bytes = first?.bytes ?? new Uint8Array(0);
      return onePut(await putBytes(target, bytes, core, options, progress, signal));
    } finally {
      first?.release();
    }
  }
  return uploadInParts({
    target,
    source,
    options,
    dependencies,
    progress,
    signal,
    streaming: { core, reader, first, md5 },
  });
}
