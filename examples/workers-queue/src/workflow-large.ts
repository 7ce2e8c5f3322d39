import type { WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import { cosOf, type Env, required, subrequestBudget } from "./env.ts";
import { isFinal, reasonOf } from "./failures.ts";
import type { LargeSource, SentPart } from "./large-object-ledger.ts";
import { abortUpload, completeVerified, type Target, unfinishedUploads } from "./multipart.ts";
import { sendPart } from "./part-range.ts";
import { headR2 } from "./r2-read.ts";
import { planSteps } from "./workflow-limits.ts";
import { RETRIES } from "./workflow-small.ts";

/**
 * Moves a large object, each part in a step of its own.
 * @returns why it failed for good; then its upload is aborted. Undefined: it is in COS.
 */
export async function moveLargeInSteps(
  env: Env,
  step: WorkflowStep,
  source: LargeSource,
): Promise<string | undefined> {
  const target: Target = { Bucket: required(env, "COS_BUCKET"), Key: source.targetKey };
  const others = await step.do("list unfinished uploads", RETRIES, async () =>
    unfinishedUploads(cosOf(env, 0), target),
  );
  try {
    const uploadId = await step.do("begin", RETRIES, async () => final(begin(env, source, target, others)));
    const parts = await sendAll(env, step, source, uploadId);
    await step.do("complete", RETRIES, async ({ attempt }) =>
      final(completeVerified(cosOf(env, 0), target, uploadId, parts, attempt > 1)),
    );
    return undefined;
  } catch (error) {
    await step.do("abort", RETRIES, async () => abortOurs(env, target, others));
    return reasonOf(error);
  }
}

/** Begins the upload, and aborts one that a killed attempt of this step has begun. */
async function begin(env: Env, source: LargeSource, target: Target, others: string[]): Promise<string> {
  await abortOurs(env, target, others);
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

async function abortOurs(env: Env, target: Target, others: readonly string[]): Promise<void> {
  const cos = cosOf(env, 0);
  const unfinished = await unfinishedUploads(cos, target);
  for (const id of unfinished.filter((upload) => !others.includes(upload)))
    await abortUpload(cos, target, id);
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
