import type { Settings } from "../types.ts";

/** Waits that end early: one when its connection is gone, and all of them at once. Each has one timer at most. */
export class InterruptibleSleep {
  readonly #sleep: Settings["sleep"];
  readonly #under = new Set<AbortController>();
  #closed = false;

  constructor(sleep: Settings["sleep"]) {
    this.#sleep = sleep;
  }

  async wait(ms: number, gone: AbortSignal | undefined): Promise<void> {
    if (ms <= 0 || gone?.aborted === true || this.#closed) return;
    const controller = new AbortController();
    const end = (): void => controller.abort();
    this.#under.add(controller);
    gone?.addEventListener("abort", end);
    try {
      await this.#sleep(Math.ceil(ms), controller.signal);
    } catch {
      // A function of a test has failed. Without this, everybody behind it would wait for ever.
    } finally {
      gone?.removeEventListener("abort", end);
      this.#under.delete(controller);
    }
  }

  /** Ends every wait under way. */
  wakeAll(): void {
    for (const controller of this.#under) controller.abort();
  }

  /** Ends every wait under way, and every later one before it begins. */
  close(): void {
    this.#closed = true;
    this.wakeAll();
  }
}
