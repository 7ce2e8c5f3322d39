/** Waiters of several uploads, which take turns: one waiter of each upload, then one more of each. */
export class Turns<Waiter extends object> {
  /** A Map iterates in insertion order: an upload that is deleted and set again comes after the others. */
  readonly #waiting = new Map<object, Set<Waiter>>();

  /** Whether no upload waits. */
  get empty(): boolean {
    return this.#waiting.size === 0;
  }

  add(upload: object, waiter: Waiter): void {
    this.#waiting.set(upload, (this.#waiting.get(upload) ?? new Set()).add(waiter));
  }

  remove(upload: object, waiter: Waiter): void {
    const waiters = this.#waiting.get(upload);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiting.delete(upload);
  }

  /** Removes a waiter that got what it waited for. The others of its upload come after those of the other uploads. */
  endTurn(upload: object, waiter: Waiter): void {
    this.remove(upload, waiter);
    const others = this.#waiting.get(upload);
    if (others === undefined) return;
    this.#waiting.delete(upload);
    this.#waiting.set(upload, others);
  }

  /** The first waiter of each upload, in the order of their turns. Uploads whose turn ends meanwhile come again. */
  *[Symbol.iterator](): Generator<[upload: object, waiter: Waiter]> {
    for (const [upload, waiters] of this.#waiting) {
      const [waiter] = waiters;
      if (waiter !== undefined) yield [upload, waiter];
    }
  }
}
