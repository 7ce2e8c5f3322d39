import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { type Env, required, subrequestBudget } from "./env.ts";
import { SMALL_BYTES } from "./limits.ts";
import { listPage, targetKeyOf, whyRefused } from "./listing.ts";
import type { Listed } from "./messages.ts";
import { reportedUpload } from "./unsure.ts";
import { moveLargeInSteps } from "./workflow-large.ts";
import { NAMED_FAILURES, OBJECTS_PER_STEP, objectsPerInstance, planSteps } from "./workflow-limits.ts";
import type { WorkflowOutput, WorkflowParams } from "./workflow-params.ts";
import { moveGroup, RETRIES } from "./workflow-small.ts";

/**
 * The same move as a Workflow. An instance moves one page of small objects, and starts the instance of the next page,
 * and one for each large object. What a step returned is stored, and not done again when the instance is restarted.
 */
export class MoveWorkflow extends WorkflowEntrypoint<Env, WorkflowParams> {
  override async run(
    event: Readonly<WorkflowEvent<WorkflowParams>>,
    step: WorkflowStep,
  ): Promise<WorkflowOutput> {
    const { payload, instanceId } = event;
    if ("large" in payload) {
      const { error, unsure } = await moveLargeInSteps(this.env, step, payload.large);
      const failures = error === undefined ? [] : [{ key: payload.large.key, error }];
      const bucket = required(this.env, "COS_BUCKET");
      const unsureUploads = unsure.map((upload) => reportedUpload(bucket, upload));
      return { done: 1 - failures.length, failures, unsureUploads, started: [] };
    }
    return this.#movePage(payload, instanceId, step);
  }

  async #movePage(
    payload: Exclude<WorkflowParams, { large: unknown }>,
    instance: string,
    step: WorkflowStep,
  ): Promise<WorkflowOutput> {
    const { id, prefix, targetPrefix, page, after } = payload;
    const budget = subrequestBudget(this.env);
    const { objects, more } = await step.do("list R2", RETRIES, async () =>
      listPage(required(this.env, "R2"), prefix, after, objectsPerInstance(budget)),
    );
    // The next page is moved at the same time.
    const started: string[] = [];
    const last = objects.at(-1)?.key;
    if (more && last !== undefined) {
      started.push(`${id}-${page + 1}`);
      await this.#start(step, started, [{ ...payload, page: page + 1, after: last }]);
    }
    const failures: { key: string; error: string }[] = [];
    const isPossible = ({ key, size }: Listed): boolean => {
      const noPlan = size > SMALL_BYTES && planSteps(size, budget) === undefined;
      const tooLarge = noPlan
        ? `${size} bytes are too large for a Workflow with these subrequests`
        : undefined;
      const error = whyRefused(targetKeyOf(payload, key), size, budget) ?? tooLarge;
      if (error !== undefined) failures.push({ key, error });
      return error === undefined;
    };
    const named = objects.filter(isPossible).map((object) => {
      return { ...object, targetKey: targetPrefix + object.key.slice(prefix.length) };
    });
    const large = named.filter(({ size }) => size > SMALL_BYTES);
    const ids = large.map((_object, index) => `${instance}-L${index + 1}`);
    await this.#start(
      step,
      ids,
      large.map((object) => ({
        large: { ...object, partSize: planSteps(object.size, budget)?.partSize ?? 0 },
      })),
    );
    const small = named.filter(({ size }) => size <= SMALL_BYTES);
    for (let first = 0; first < small.length; first += OBJECTS_PER_STEP) {
      const group = small.slice(first, first + OBJECTS_PER_STEP);
      const failed = await step.do(`objects from ${first + 1}`, RETRIES, async ({ attempt }) =>
        moveGroup(this.env, group, attempt),
      );
      failures.push(...failed);
    }
    const done = objects.length - large.length - failures.length;
    const namedFailures = failures.slice(0, NAMED_FAILURES);
    return { done, failures: namedFailures, unsureUploads: [], started: [...started, ...ids] };
  }

  /** Starts instances. One that a killed attempt of the step has started is not started twice. */
  async #start(step: WorkflowStep, ids: readonly string[], params: readonly WorkflowParams[]): Promise<void> {
    const workflow = required(this.env, "WORKFLOWS");
    for (const [index, id] of ids.entries()) {
      const own = params[index];
      if (own === undefined) continue;
      await step.do(`start ${id}`, RETRIES, async () => {
        try {
          await workflow.create({ id, params: own });
        } catch (error) {
          const known = await workflow.get(id).then(
            () => true,
            () => false,
          );
          if (!known) throw error;
        }
      });
    }
  }
}
