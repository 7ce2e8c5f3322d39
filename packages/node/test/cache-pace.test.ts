import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { CachePace } from "../src/sources/cache-pace.ts";

/** How many of `files` are read on the spot when each takes `ms`. */
async function spots(files: number, ms: (file: number) => number): Promise<number[]> {
  let now = 0;
  const pace = new CachePace(() => now);
  await pace.trust(tmpdir(), 1n);
  const read: number[] = [];
  for (let file = 0; file < files; file += 1) {
    if (!pace.next(`${tmpdir()}/file`)) continue;
    read.push(file);
    pace.onTheSpot(() => {
      now += ms(file);
    });
  }
  return read;
}

describe.runIf(process.platform === "linux")("reading on the spot", () => {
  it("goes on as long as the page cache has the bytes", async () => {
    expect(await spots(1_000, () => 0.01)).toHaveLength(1_000);
  });

  it("is tried with one file in 33 while each has to be waited for", async () => {
    expect(await spots(100, () => 5)).toEqual([0, 33, 66, 99]);
  });

  it("ends with a failure that had to be waited for, too", async () => {
    let now = 0;
    const pace = new CachePace(() => now);
    await pace.trust(tmpdir(), 1n);
    const slowFailure = (): never => {
      now += 5;
      throw new Error("EIO");
    };
    expect(() => pace.onTheSpot(slowFailure)).toThrow("EIO");
    expect(pace.next(`${tmpdir()}/file`)).toBe(false);
  });

  it("is for folders that a walk has found on a local disk, and for files in them", async () => {
    const pace = new CachePace();
    expect(pace.next(`${tmpdir()}/file`)).toBe(false);
    await pace.trust(tmpdir(), 1n);
    expect(pace.next(`${tmpdir()}/file`)).toBe(true);
    expect(pace.next(`${tmpdir()}/folder/file`)).toBe(false);
  });

  it("is never for what is no disk", async () => {
    const pace = new CachePace();
    await pace.trust("/proc/self", 2n);
    await pace.trust("/not-there", 3n);
    expect([pace.next("/proc/self/status"), pace.next("/not-there/file")]).toEqual([false, false]);
  });

  it("looks at each device once, and forgets the folders it saw first", async () => {
    const pace = new CachePace();
    await pace.trust(tmpdir(), 1n);
    for (let folder = 0; folder < 64; folder += 1) await pace.trust(`/not-there/${folder}`, 1n);
    expect(pace.next(`${tmpdir()}/file`)).toBe(false);
    expect([pace.next("/not-there/0/file"), pace.next("/not-there/63/file")]).toEqual([true, true]);
  });
});
