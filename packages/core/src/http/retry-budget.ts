// The numbers of the standard retry mode of the AWS SDKs.
const CAPACITY = 500;
const RETRY_COST = 5;
const TIMEOUT_COST = 10;

/**
 * A token bucket that all requests of a client share. A single failure can always be retried; when every request fails,
 * retries stop after about a hundred instead of multiplying the load. Successes fill the bucket again.
 */
export class RetryBudget {
  #tokens = CAPACITY;

  get tokens(): number {
    return this.#tokens;
  }

  /** Takes the cost of one retry and returns it; takes nothing and returns 0 when less than that is left. */
  take(timedOut: boolean): number {
    const cost = timedOut ? TIMEOUT_COST : RETRY_COST;
    if (this.#tokens < cost) return 0;
    this.#tokens -= cost;
    return cost;
  }

  /** A request succeeded: returns the tokens of its retries, at least one. */
  succeed(spent: number): void {
    this.#tokens = Math.min(CAPACITY, this.#tokens + Math.max(1, spent));
  }
}
