import { onAbort } from "@cosup/core/runtime";
import { CosError } from "@cosup/core/upload";

/** Reserved so that an upload that runs out of subrequests can still be aborted. */
const FOR_ABORT = 1;

/** The subrequests that one upload has reserved. */
export interface Allowance {
  /** Reserved and not used yet. */
  left: number;
}

/**
 * Counts the subrequests of one invocation: requests to COS and reads of R2. Without a
 * budget it only counts and never refuses.
 */
export class SubrequestMeter {
  readonly budget: number | undefined;
  readonly #allowances = new Set<Allowance>();
  readonly #idle = new Set<() => void>();
  #used = 0;
  #underWay = 0;

  constructor(budget: number | undefined) {
    this.budget = budget;
  }

  /** Subrequests made so far. */
  get used(): number {
    return this.#used;
  }

  /** What a new upload may use: the budget less the used subrequests and those that running uploads have reserved. */
  get available(): number {
    if (this.budget === undefined) return Number.POSITIVE_INFINITY;
    let available = this.budget - this.#used;
    for (const { left } of this.#allowances) available -= left;
    return available;
  }

  /** Whether a subrequest is under way. */
  get busy(): boolean {
    return this.#underWay > 0;
  }

  /** Reserves subrequests for an upload. */
  setAside(count: number): Allowance {
    const allowance = { left: count };
    this.#allowances.add(allowance);
    return allowance;
  }

  giveBack(allowance: Allowance): void {
    this.#allowances.delete(allowance);
  }

  /**
   * Counts a subrequest that begins. Call the returned function when it ends.
   * @param last whether it may be the very last: the abort of an upload
   * @throws {CosError} `subrequests-exhausted`; nothing is sent then
   */
  begin(last = false): () => void {
    if (this.budget !== undefined && this.#used >= this.budget - (last ? 0 : FOR_ABORT)) {
      throw exhausted(`the subrequestBudget of ${this.budget} is used up`);
    }
    this.#used += 1;
    this.#underWay += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#underWay -= 1;
      if (this.#underWay > 0) return;
      for (const wake of this.#idle) wake();
      this.#idle.clear();
    };
  }

  /** Resolves when no subrequest is under way. Rejects with the signal's reason if the signal aborts first. */
  idle(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      if (this.#underWay === 0) {
        resolve();
        return;
      }
      const wake = (): void => {
        stop();
        resolve();
      };
      const stop = onAbort(signal, () => {
        this.#idle.delete(wake);
        reject(signal?.reason);
      });
      this.#idle.add(wake);
    });
  }
}

/** Retryable, because a later invocation has a new budget. */
export function exhausted(message: string, hint?: string): CosError {
  return new CosError(message, { code: "subrequests-exhausted", retryable: true, hint });
}
