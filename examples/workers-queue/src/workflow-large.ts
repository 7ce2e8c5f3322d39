import type { WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import { cosOf, type Env, required, subrequestBudget } from "./env.ts";
import { isFinal, reasonOf } from "./failures.ts";
import { findUnsure } from "./find-unsure.ts";
import type { LargeSource, SentPart } from "./large-object-ledger.ts";
import { abortUpload, completeVerified, type Target, unfinishedUploads } from "./multipart.ts";
import { sendPart } from "./part-range.ts";
import { headR2 } from "./r2-read.ts";
import type { UnsureUpload } from "./unsure.ts";
import { planSteps } from "./workflow-limits.ts";
import { RETRIES } from "./workflow-small.ts";

/** How an instance of one large object ended. */
export interface LargeEnd {
  /** Why it failed for good; then its upload is aborted. Undefined: it is in COS. */
  readonly error: string | undefined;
  readonly unsure: readonly UnsureUpload[];
}

/**
 * Moves a large object, each part in a step of its own. An upload whose id no step has returned is left alone: a killed
 * attempt of a step may have begun it, or another program.
 */
export async function moveLargeInSteps(env: Env, step: WorkflowStep, source: LargeSource): Promise<LargeEnd> {
  const target: Target = { Bucket: required(env, "COS_BUCKET"), Key: source.targetKey };
  const others = await step.do("list unfinished uploads", RETRIES, async () =>
    unfinishedUploads(cosOf(env, 0), target),
  );
  let uploadId: string | undefined;
  let error: string | undefined;
  try {
    const id = await step.do("begin", RETRIES, async () => final(begin(env, source, target)));
    uploadId = id;
    const parts = await sendAll(env, step, source, id);
    await step.do("complete", RETRIES, async ({ attempt }) =>
      final(completeVerified(cosOf(env, 0), target, id, parts, attempt > 1)),
    );
  } catch (failure) {
    error = reasonOf(failure);
    const ours = uploadId;
    if (ours !== undefined)
      await step.do("abort", RETRIES, async () => abortUpload(cosOf(env, 0), target, ours));
  }
  // Nothing says whether an attempt of `begin` was killed, so COS is always asked.
  const unsure = await step.do("look for unsure uploads", RETRIES, async () =>
    findUnsure(cosOf(env, 0), target, [...others, uploadId]),
  );
  return { error, unsure };
}

async function begin(env: Env, source: LargeSource, target: Target): Promise<string> {
  const storedAs = await headR2(required(env, "R2"), source);
  return (await cosOf(env, 0).createMultipartUpload({ ...target, ...storedAs })).UploadId;
}

async function sendAll(
  env: Env,
  step: WorkflowStep,
  source: LargeSource,
  uploadId: string,
): Promise<SentPart[]> {
  const count = Math.ceil(source.size / source.partSize);
  const { atOnce = 1 } = planSteps(source.size, subrequestBudget(env)) ?? {};
  const parts: SentPart[] = [];
  const numbers = Array.from({ length: count }, (_, index) => index + 1).values();
  const work = async (): Promise<void> => {
    for (const partNumber of numbers) {
      parts[partNumber - 1] = await step.do(`part ${partNumber}`, RETRIES, async () =>
        final(sendPart(env, cosOf(env, 0), source, { partNumber, uploadId })),
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return parts;
}

/** Makes an error that no attempt can change end the retries of its step. */
async function final<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isFinal(error)) throw new NonRetryableError(reasonOf(error));
    throw error;
  }
}
