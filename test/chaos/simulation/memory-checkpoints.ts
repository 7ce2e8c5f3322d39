import type { CheckpointLock, CheckpointStore } from "@cosup/core";
import type { Random } from "../../../packages/core/test/support/random.ts";
import { leakIn } from "./secrets.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Checkpoints in memory that outlive a client, with writes that take time and sometimes fail. */
export class MemoryCheckpoints implements CheckpointStore {
  readonly texts = new Map<string, string>();
  readonly leaks: string[] = [];
  /** Share of saves that fail, as on a full disk. */
  failing = 0;
  readonly #locked = new Set<string>();
  readonly #clock: VirtualClock;
  readonly #random: Random;

  constructor(clock: VirtualClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  get locked(): number {
    return this.#locked.size;
  }

  async load(id: string): Promise<string | undefined> {
    await this.#clock.sleep(1);
    return this.texts.get(id);
  }

  async save(id: string, text: string): Promise<void> {
    const leak = leakIn(text);
    if (leak !== undefined) this.leaks.push(leak);
    const fails = this.#random.next() < this.failing;
    await this.#clock.sleep(this.#random.between(1, 30));
    if (fails) throw new Error("simulated: no space left on device");
    this.texts.set(id, text);
  }

  async remove(id: string): Promise<void> {
    await this.#clock.sleep(1);
    this.texts.delete(id);
  }

  async lock(id: string): Promise<CheckpointLock | undefined> {
    await this.#clock.sleep(1);
    if (this.#locked.has(id)) return undefined;
    this.#locked.add(id);
    return {
      release: async () => {
        this.#locked.delete(id);
      },
    };
  }
}
