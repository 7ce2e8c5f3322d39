import type { WorkflowStepConfig } from "cloudflare:workers";
import { cosOf, type Env } from "./env.ts";
import { isFinal, reasonOf } from "./failures.ts";
import { SMALL_AT_ONCE } from "./limits.ts";
import type { Listed } from "./messages.ts";
import { moveSmall } from "./small-object.ts";

const LIMIT = 8;
/** 2, 4, 8, … seconds between attempts. */
export const RETRIES: WorkflowStepConfig = {
  retries: { limit: LIMIT, delay: 2000, backoff: "exponential" },
  timeout: "15 minutes",
};

/**
 * Moves a group of small objects.
 * @param attempt from 1; from 2 on, objects that an earlier attempt has sent are compared and not sent again
 * @returns the objects that failed for good
 * @throws {unknown} of the first object that a later attempt may move
 */
export async function moveGroup(
  env: Env,
  group: readonly (Listed & { readonly targetKey: string })[],
  attempt: number,
): Promise<{ key: string; error: string }[]> {
  const cos = cosOf(env, 0);
  const failures: { key: string; error: string }[] = [];
  const unfinished: unknown[] = [];
  const waiting = group.values();
  const work = async (): Promise<void> => {
    for (const object of waiting) {
      try {
        await moveSmall(env, cos, object, attempt > 1);
      } catch (error) {
        if (isFinal(error) || attempt > LIMIT) failures.push({ key: object.key, error: reasonOf(error) });
        else unfinished.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: SMALL_AT_ONCE }, work));
  if (unfinished.length > 0) throw unfinished[0];
  return failures;
}
