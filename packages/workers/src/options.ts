import type { Runtime } from "@cosup/core/runtime";
import { ArgumentRangeError, ArgumentTypeError, type CosOptions } from "@cosup/core/upload";
import { MiB } from "./fit-upload.ts";
import { createWorkersRuntime } from "./runtime.ts";
import type { SubrequestMeter } from "./subrequest-meter.ts";

/** Four parts of 8 MiB. With everything that sending them needs, this is half of an isolate's 128 MB (measured). */
const MEMORY_BUDGET = 32 * MiB;
/** Initiate, one part, Complete, and the reserve for retries and the abort. */
const LEAST_SUBREQUESTS = 8;

/** {@link CosOptions} and an option of Workers. */
export interface WorkersCosOptions extends CosOptions {
  /**
   * Subrequests that this client may make: 50 on the free plan, 10 000 (or your own limit) on paid plans, less those
   * that the rest of your Worker makes. Parts grow so that an upload fits. An upload that cannot fit is refused before
   * anything is sent or, with checkpoints, stops with `subrequests-exhausted` when the budget is used up. Default: no
   * limit.
   */
  readonly subrequestBudget?: number | undefined;
}

/** What a client is made of. */
export interface ClientParts {
  readonly runtime: Runtime;
  readonly meter: SubrequestMeter;
  /** Without what core does not know. */
  readonly options: CosOptions;
}

/**
 * Checks the option that core does not know, and creates the runtime.
 * @throws {TypeError} {@link RangeError} a wrong option, named
 */
export function clientParts(given: WorkersCosOptions): ClientParts {
  const { subrequestBudget, ...forCore } = given;
  checkBudget(subrequestBudget);
  const memoryBudget = given.memoryBudget ?? MEMORY_BUDGET;
  const { runtime, meter } = createWorkersRuntime({
    memoryBudget: Number(memoryBudget),
    subrequestBudget: subrequestBudget ?? undefined,
  });
  // An explicit budget makes core refuse a part above it instead of allocating extra memory.
  return { runtime, meter, options: { ...forCore, memoryBudget } };
}

function checkBudget(budget: unknown): void {
  if (budget === undefined || budget === null) return;
  if (typeof budget !== "number") {
    throw new ArgumentTypeError("subrequestBudget", "must be a whole number of subrequests");
  }
  if (!Number.isInteger(budget) || budget < LEAST_SUBREQUESTS) {
    throw new ArgumentRangeError(
      "subrequestBudget",
      `must be a whole number of at least ${LEAST_SUBREQUESTS}, not ${budget}`,
    );
  }
}
