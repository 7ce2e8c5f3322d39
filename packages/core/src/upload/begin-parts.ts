import type { DigestCore } from "../digest/digest-core.ts";
import type { Md5Stream } from "../digest/md5-stream.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { CompletedEarlier } from "./completed-earlier.ts";
import type { FilledPart } from "./filled-part.ts";
import { initiate } from "./initiate.ts";
import { openStream, readerOptions, StreamLengths } from "./open-stream.ts";
import { PartReader } from "./part-reader.ts";
import { type Plan, planParts, type StreamPlan } from "./plan.ts";
import { findResumable } from "./resume.ts";
import type { Resumable } from "./resume-context.ts";
import { rewound } from "./rewound.ts";
import { type TrustedParts, trustedParts } from "./stored-parts.ts";
import type { Streaming, UploadJob } from "./upload-job.ts";

/** An upload in parts that exists in COS, with the reader of its parts. */
export interface BegunUpload {
  readonly core: DigestCore;
  readonly reader: PartReader;
  /** The first part, if it has been read already. */
  readonly first: FilledPart | undefined;
  readonly md5: Md5Stream | undefined;
  readonly partSize: number;
  readonly partCount: number | undefined;
  readonly uploadId: string;
  readonly resumed: Resumable | undefined;
  readonly trusted: TrustedParts;
}

/** Plans the parts, and resumes the upload that the checkpoint of an earlier call names or initiates a new one. */
export async function beginParts(
  upload: UploadJob,
  earlier: Checkpoint | undefined,
): Promise<BegunUpload | CompletedEarlier> {
  const { target, source, options, dependencies, signal, streaming } = upload;
  const { size } = source;
  const core = await dependencies.digestCoreFor(0);
  const plan: Plan | StreamPlan =
    size === undefined
      ? { size, partSize: options.partSize }
      : planParts(core, size, options.partSize, dependencies.partUnit);
  const context = { target, source, core, options, plan, clock: dependencies.clock, signal };
  const resumed = await findResumable(context, earlier);
  if (resumed !== undefined && "completed" in resumed) return resumed;
  // The parts that COS holds have the earlier part size.
  const partSize = resumed?.partSize ?? plan.partSize;
  return streaming === undefined
    ? beginPlanned(upload, core, partSize, resumed)
    : beginStream(upload, streaming, partSize, resumed);
}

async function beginPlanned(
  { target, source, options, dependencies, signal }: UploadJob,
  core: DigestCore,
  partSize: number,
  resumed: Resumable | undefined,
): Promise<BegunUpload> {
  const size = source.size ?? 0;
  const plan: Plan = { size, partSize, partCount: core.partCount(size, partSize) };
  const largest = source.inMemory ? 0 : Math.min(partSize, size);
  const memory = await dependencies.digestCoreFor(largest);
  const md5 = options.contentMd5 === undefined ? undefined : core.md5Stream();
  const lengths = new StreamLengths(size, partSize, partSize, dependencies);
  lengths.stored = resumed?.stored ?? new Map();
  // The MD5 of the whole needs every byte, also of parts that COS holds.
  const trusted: TrustedParts =
    md5 !== undefined
      ? new Map()
      : trustedParts(source, resumed?.checkpoint, lengths.stored, (partNumber) =>
          core.partLength(partNumber, size, partSize),
        );
  const more = readerOptions(options, dependencies, lengths);
  const parts = { source, core, partSize, plan, md5, skipped: trusted };
  const reader = dependencies.readerInBlocks?.(parts, more, options, lengths) ?? new PartReader(parts, more);
  // Before Initiate, which cannot be undone. A resumed upload gets memory for its first part: perhaps it reads none.
  if (resumed === undefined && !source.inMemory) memory.arena.reserve(largest);
  const uploadId = resumed?.uploadId ?? (await initiate(target, options, signal));
  const { partCount } = plan;
  return { core, reader, first: undefined, md5, partSize, partCount, uploadId, resumed, trusted };
}

/** Begins with a stream whose first part has been read already, to see whether the stream ends in it. */
async function beginStream(
  upload: UploadJob,
  streaming: Streaming,
  partSize: number,
  resumed: Resumable | undefined,
): Promise<BegunUpload> {
  const uploadId = resumed?.uploadId ?? (await initiate(upload.target, upload.options, upload.signal));
  streaming.lengths.partSize = partSize;
  const { reader, first, md5, core } =
    resumed === undefined ? streaming : await recut(upload, streaming, resumed);
  return { core, reader, first, md5, partSize, partCount: undefined, uploadId, resumed, trusted: new Map() };
}

/** Cuts a stream into parts of the lengths that COS holds. The first part is used as it is when it has that length. */
async function recut(
  { source, options, dependencies }: UploadJob,
  streaming: Streaming,
  { partSize, stored }: Resumable,
): Promise<Pick<BegunUpload, "core" | "reader" | "first" | "md5">> {
  const { lengths, first } = streaming;
  if (source.size === undefined) lengths.first = partSize;
  lengths.stored = stored;
  if (lengths.of(1) === first.bytes.length) return streaming;
  // A copy: to hold a part buffer while waiting for the next one would be a deadlock.
  const begun = first.bytes.slice();
  first.release();
  const opened = await openStream(rewound(source, begun), options, dependencies, lengths);
  return { ...opened, first: undefined };
}
