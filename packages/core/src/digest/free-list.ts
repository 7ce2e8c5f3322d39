/** A range of bytes in the arena's memory. */
export interface Region {
  start: number;
  length: number;
}

/** The free regions of an arena, in the order of their addresses. First fit. */
export class FreeList {
  #regions: Region[];

  constructor(start: number, length: number) {
    this.#regions = [{ start, length }];
  }

  /** The first region that has room for `length` bytes. */
  find(length: number): Region | undefined {
    return this.#regions.find((region) => region.length >= length);
  }

  /** Takes `length` bytes from the front of a region that {@link find} gave; returns where they begin. */
  take(region: Region, length: number): number {
    const { start } = region;
    region.start += length;
    region.length -= length;
    if (region.length === 0) this.#regions.splice(this.#regions.indexOf(region), 1);
    return start;
  }

  /** Makes a region free again, and joins it with its free neighbours. */
  giveBack(returned: Region): void {
    const regions = this.#regions;
    const end = returned.start + returned.length;
    let at = regions.findIndex(({ start }) => start >= end);
    if (at < 0) at = regions.length;
    const before = regions[at - 1];
    const after = regions[at];
    const joinsBefore = before !== undefined && before.start + before.length === returned.start;
    if (after?.start === end) {
      after.start = returned.start;
      after.length += returned.length;
      if (!joinsBefore) return;
      before.length += after.length;
      regions.splice(at, 1);
    } else if (joinsBefore) {
      before.length += returned.length;
    } else {
      regions.splice(at, 0, returned);
    }
  }
}
