import type { Settings } from "../../src/types.ts";

/** Time that passes only in waits. Each of them is counted, and lasts for a turn of the event loop. */
export class VirtualTime {
  /** The waits, in the order in which they began. */
  readonly waits: number[] = [];
  /** Waits at the same time: now, and the most that there were. */
  open = 0;
  most = 0;
  nowMs = 20_000 * 86_400_000;

  readonly now = (): number => this.nowMs;

  readonly sleep: Settings["sleep"] = async (ms) => {
    this.waits.push(ms);
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    const end = this.nowMs + ms;
    await new Promise((resolve) => setImmediate(resolve));
    this.nowMs = Math.max(this.nowMs, end);
    this.open -= 1;
  };

  get totalMs(): number {
    return this.waits.reduce((sum, ms) => sum + ms, 0);
  }

  clear(): void {
    this.waits.length = 0;
    this.most = 0;
  }
}

/** Waits that last until the test ends one, or their signal aborts. */
export class HeldTime {
  readonly held: (() => void)[] = [];
  /** How long the waits were that have ended. */
  endedMs = 0;
  #arrived = (): void => {};

  readonly sleep: Settings["sleep"] = (ms, gone) =>
    new Promise((resolve) => {
      const end = (): void => {
        const at = this.held.indexOf(end);
        if (at >= 0) this.held.splice(at, 1);
        this.endedMs += ms;
        resolve();
      };
      this.held.push(end);
      if (gone?.aborted) end();
      else gone?.addEventListener("abort", end);
      this.#arrived();
    });

  /** Resolves when a wait is held. */
  async someHeld(): Promise<void> {
    while (this.held.length === 0) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  endFirst(): void {
    this.held[0]?.();
  }
}
