import type { PartResult } from "../transfer/types.ts";

/** The parts of a large object in one run: those that it has sent, and those that COS held before it. */
export class EntryParts {
  readonly #sent = new Set<number>();
  readonly #resumed = new Set<number>();

  /** Parts that the run has sent. */
  get sent(): number {
    return this.#sent.size;
  }

  /** Parts that were there. */
  get resumed(): number {
    return this.#resumed.size;
  }

  /**
   * Counts a part that COS holds, once. A second attempt finds those of the first: the run has sent them.
   * @returns whether it is one that was there, and was not counted yet
   */
  add({ partNumber, sent }: PartResult): boolean {
    if (sent) {
      this.#sent.add(partNumber);
      this.#resumed.delete(partNumber);
    }
    if (sent || this.#sent.has(partNumber) || this.#resumed.has(partNumber)) return false;
    this.#resumed.add(partNumber);
    return true;
  }

  /** The upload begins again. */
  clear(): void {
    this.#sent.clear();
    this.#resumed.clear();
  }
}
