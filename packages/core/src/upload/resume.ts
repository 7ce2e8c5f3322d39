import { CheckpointError } from "../errors.ts";
import { MAX_PARTS } from "../params/limits.ts";
import { adoptServerUpload } from "./adopt-server-upload.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { keptHeaders } from "./checkpoint-codec.ts";
import { discard } from "./clean-up.ts";
import { type CompletedEarlier, findCompletedEarlier } from "./completed-earlier.ts";
import type { UploadOptions } from "./options.ts";
import { type Plan, partCount, type StreamPlan } from "./plan.ts";
import type { Resumable, ResumeContext } from "./resume-context.ts";
import { listPartsIfUploadExists } from "./stored-parts.ts";
import { warn } from "./warn.ts";

/**
 * Finds the upload to resume: the one that the checkpoint names, or (only with `resume: "server"`) the newest unfinished
 * one of the key. The upload of a checkpoint that does not fit is aborted, so that none of its parts stay.
 * @throws {CheckpointError} the call requires a resume and there is nothing to resume
 */
export async function findResumable(
  context: ResumeContext,
  checkpoint: Checkpoint | undefined,
): Promise<Resumable | CompletedEarlier | undefined> {
  const { options } = context;
  const found = checkpoint === undefined ? undefined : await resumeCheckpoint(context, checkpoint);
  if (found !== undefined) return found;
  if (options.resume === "require") {
    throw new CheckpointError(
      "there is no upload to resume",
      "checkpoint-unusable",
      undefined,
      "use resume: 'auto' to begin from the start",
    );
  }
  return options.resume === "server" ? adoptServerUpload(context) : undefined;
}

async function resumeCheckpoint(
  context: ResumeContext,
  checkpoint: Checkpoint,
): Promise<Resumable | CompletedEarlier | undefined> {
  const { target, options, plan, signal } = context;
  const { UploadId, partSize } = checkpoint;
  const reason = options.resume === "off" ? "resume is off" : whyIncompatible(checkpoint, options, plan);
  if (reason === undefined) {
    const stored = await listPartsIfUploadExists(target, UploadId, checkpoint, signal, options);
    if (stored !== undefined) return { uploadId: UploadId, partSize, stored, checkpoint };
    return findCompletedEarlier(context, checkpoint);
  }
  if (options.resume === "require") {
    throw new CheckpointError(`the upload cannot be resumed: ${reason}`, "checkpoint-unusable");
  }
  warn(options, "resume-discarded", `the earlier upload is given up: ${reason}`, UploadId);
  await discard(target, UploadId, options, context.clock);
  return undefined;
}

/** Why the upload of a checkpoint cannot become this one; undefined when it can. */
export function whyIncompatible(
  checkpoint: Checkpoint,
  options: UploadOptions,
  plan: Plan | StreamPlan,
): string | undefined {
  if (checkpoint.size !== (plan.size ?? null)) {
    return `the source has ${plan.size ?? "unknown many"} bytes now, ${checkpoint.size ?? "unknown many"} then`;
  }
  const before = sorted(requestedHeaders(checkpoint, options));
  if (JSON.stringify(before) !== JSON.stringify(sorted(options.headers))) {
    return "the object's headers are others now";
  }
  if (partCount(checkpoint.size ?? 0, checkpoint.partSize) > MAX_PARTS) return "its parts are too small";
  return undefined;
}

/** The headers of a checkpoint, without a Content-Type that is only inferred now and may have been requested then. */
function requestedHeaders(
  { headers }: Checkpoint,
  { headers: wanted, inferredType }: UploadOptions,
): Readonly<Record<string, string>> {
  const { "content-type": type, ...others } = headers;
  const onlyInferred = wanted["content-type"] === undefined && type === inferredType;
  return onlyInferred ? others : headers;
}

function sorted(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(keptHeaders(headers))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
}
