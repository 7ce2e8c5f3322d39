import { describe, expect, it } from "vitest";
import { SyncWritePolicy } from "../src/sync-write-policy.ts";

/** Which of `writes` are synchronous if each takes `ms`. */
function spots(writes: number, ms: (write: number) => number): number[] {
  let now = 0;
  const policy = new SyncWritePolicy(() => now);
  const made: number[] = [];
  for (let write = 0; write < writes; write += 1) {
    if (!policy.next()) continue;
    made.push(write);
    policy.runSync(() => {
      now += ms(write);
    });
  }
  return made;
}

describe("writing on the spot", () => {
  it("continues while the page cache takes the bytes", () => {
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

  it("pauses after a failure that had to be waited for, too", () => {
    let now = 0;
    const policy = new SyncWritePolicy(() => now);
    const slowFailure = (): never => {
      now += 5;
      throw new Error("EIO");
    };
    expect(() => policy.runSync(slowFailure)).toThrow("EIO");
    expect(policy.next()).toBe(false);
  });
});
