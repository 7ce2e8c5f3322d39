import { type Clock, sleep } from "../runtime/clock.ts";

/** Ranges that are done within this time share one write of the record. */
const COALESCE_MS = 100;

/** Calls `save` soon after something has changed, never twice at once. */
export class Recorder {
  readonly #clock: Clock;
  readonly #save: () => Promise<void>;
  readonly #ending = new AbortController();
  #changed = false;
  #saving: Promise<void> | undefined;

  constructor(clock: Clock, save: () => Promise<void>) {
    this.#clock = clock;
    this.#save = save;
  }

  change(): void {
    this.#changed = true;
    this.#saving ??= this.#saveSoon();
  }

  /**
   * Ends the recording. No save is under way afterwards, which could otherwise bring back a record that was removed.
   * @param save whether to save, at once, what is not saved yet
   */
  async end(save: boolean): Promise<void> {
    if (!save) this.#changed = false;
    this.#ending.abort();
    await this.#saving;
  }

  async #saveSoon(): Promise<void> {
    while (this.#changed) {
      await sleep(this.#clock, COALESCE_MS, this.#ending.signal).catch(() => {});
      if (!this.#changed) break;
      this.#changed = false;
      await this.#save();
    }
    this.#saving = undefined;
  }
}
