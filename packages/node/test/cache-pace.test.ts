import { describe, expect, it } from "vitest";
import { CachePace } from "../src/sources/cache-pace.ts";

/** How many of `files` are read on the spot when each takes `ms`. */
function spots(files: number, ms: (file: number) => number): number[] {
  let now = 0;
  const pace = new CachePace(() => now);
  const read: number[] = [];
  for (let file = 0; file < files; file += 1) {
    if (!pace.next()) continue;
    read.push(file);
    pace.onTheSpot(() => {
      now += ms(file);
    });
  }
  return read;
}

describe("reading on the spot", () => {
  it("goes on as long as the page cache answers", () => {
    expect(spots(1_000, () => 0.01)).toHaveLength(1_000);
  });

  it("is tried with one file in 33 while each has to be waited for", () => {
    expect(spots(100, () => 5)).toEqual([0, 33, 66, 99]);
  });

  it("ends with a failure that had to be waited for, too", () => {
    let now = 0;
    const pace = new CachePace(() => now);
    const slowFailure = (): never => {
      now += 5;
      throw new Error("EIO");
    };
    expect(() => pace.onTheSpot(slowFailure)).toThrow("EIO");
    expect(pace.next()).toBe(false);
  });
});
