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
    const joined: Region[] = [];
    for (const region of [...this.#regions, returned].sort((one, other) => one.start - other.start)) {
      const last = joined.at(-1);
      if (last && last.start + last.length === region.start) last.length += region.length;
      else joined.push(region);
    }
    this.#regions = joined;
  }
}
