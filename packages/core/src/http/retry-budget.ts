// The figures of the AWS SDKs' standard mode, proven in the field.
const CAPACITY = 500;
const RETRY_COST = 5;
const TIMEOUT_COST = 10;

/**
 * A token bucket shared by all requests of a client: single failures retry freely, but when everything fails,
 * retries stop after about a hundred instead of multiplying the load. Successes fill it again.
 */
export class RetryBudget {
  #tokens = CAPACITY;

  get tokens(): number {
    return this.#tokens;
  }

  /** Takes the price of one retry and returns it; takes nothing and returns 0 when there is less than that left. */
  take(timedOut: boolean): number {
    const cost = timedOut ? TIMEOUT_COST : RETRY_COST;
    if (this.#tokens < cost) return 0;
    this.#tokens -= cost;
    return cost;
  }

  /** A request succeeded: gives back what its retries cost, or one token. */
  succeed(spent: number): void {
    this.#tokens = Math.min(CAPACITY, this.#tokens + Math.max(1, spent));
  }
}
