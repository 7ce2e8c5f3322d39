import type { ChangeGate } from "./change-gate.ts";

/** Runs the tasks of one name one after another; tasks of different names run concurrently. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();
  readonly #gate: ChangeGate | undefined;

  /** With a gate, all tasks are changes of that bucket. */
  constructor(gate?: ChangeGate) {
    this.#gate = gate;
  }

  async run<T>(name: string, task: () => Promise<T>): Promise<T> {
    return this.#gate ? this.#gate.run(() => this.#inTurn(name, task)) : this.#inTurn(name, task);
  }

  async #inTurn<T>(name: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const result = before.then(task);
    const tail = result.then(
      () => {},
      () => {},
    );
    this.#tails.set(name, tail);
    try {
      return await result;
    } finally {
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
    }
  }
}
