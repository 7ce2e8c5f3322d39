import { describe, expect, it } from "vitest";
import { WRITE_PACE } from "../src/random-access.ts";
import { PageCachePace } from "../src/sources/page-cache-pace.ts";

describe("the pace of reads on the spot", () => {
  function rig(tolerated?: number) {
    let now = 0;
    const pace = new PageCachePace(
      { cachedMs: 1, pause: 2, ...(tolerated !== undefined && { tolerated }) },
      () => now,
    );
    const read = (...times: number[]): void => {
      for (const ms of times) {
        pace.run(() => {
          now += ms;
        });
      }
    };
    return { pace, read };
  }

  it("pauses after a read that had to wait for a disk", () => {
    const { pace, read } = rig();
    read(1, 1);
    expect([pace.next(), pace.fast]).toEqual([true, true]);
    read(1.5);
    expect(pace.fast).toBe(false);
    expect([pace.next(), pace.next(), pace.next()]).toEqual([false, false, true]);
    expect(pace.fast).toBe(true);
  });

  it("measures a read that fails", () => {
    let now = 0;
    const pace = new PageCachePace({ cachedMs: 1, pause: 1 }, () => now);
    const fails = (): never => {
      now += 2;
      throw new Error("unreadable");
    };
    expect(() => pace.run(fails)).toThrow("unreadable");
    expect(pace.fast).toBe(false);
  });

  it("tolerates single slow reads, for which two fast ones make up", () => {
    const { pace, read } = rig(1);
    read(5, 0, 0, 5, 0, 0, 5);
    expect(pace.fast).toBe(true);
    read(5);
    expect(pace.fast).toBe(false);
    expect([pace.next(), pace.next()]).toEqual([false, false]);
    read(5);
    expect(pace.fast).toBe(true);
  });
});

describe("the pace of writes on the spot", () => {
  /** Which of `writes` are synchronous if each takes `ms`. */
  function spots(writes: number, ms: (write: number) => number): number[] {
    let now = 0;
    const pace = new PageCachePace(WRITE_PACE, () => now);
    const made: number[] = [];
    for (let write = 0; write < writes; write += 1) {
      if (!pace.next()) continue;
      made.push(write);
      pace.run(() => {
        now += ms(write);
      });
    }
    return made;
  }

  it("is that of the page cache while it takes the bytes", () => {
    expect(spots(1_000, () => 0.1)).toHaveLength(1_000);
  });

  it("pauses longer and longer while each has to be waited for", () => {
    expect(spots(2_100, () => 20)).toEqual([0, 9, 26, 59, 124, 253, 510, 1023, 1536, 2049]);
  });

  it("is tried soon after one write that happened to take long, each time", () => {
    const made = spots(100, (write) => (write === 10 || write === 50 ? 20 : 0.1));
    expect(made).toHaveLength(100 - 2 * 8);
    expect(made).toContain(19);
    expect(made).toContain(59);
  });
});
