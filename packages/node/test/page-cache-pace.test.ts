import { describe, expect, it } from "vitest";
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
