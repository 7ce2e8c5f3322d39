import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { SyncReadPolicy } from "../src/sources/sync-read-policy.ts";

/** How many of `files` are read synchronously if each takes `ms`. */
async function spots(files: number, ms: (file: number) => number): Promise<number[]> {
  let now = 0;
  const policy = new SyncReadPolicy(() => now);
  await policy.allowFolder(tmpdir(), "1");
  const read: number[] = [];
  for (let file = 0; file < files; file += 1) {
    if (!policy.next(`${tmpdir()}/file`)) continue;
    read.push(file);
    policy.runSync(() => {
      now += ms(file);
    });
  }
  return read;
}

describe.runIf(process.platform === "linux")("reading on the spot", () => {
  it("continues while the page cache has the bytes", async () => {
    expect(await spots(1_000, () => 0.01)).toHaveLength(1_000);
  });

  it("is tried with one file in 33 while each has to be waited for", async () => {
    expect(await spots(100, () => 5)).toEqual([0, 33, 66, 99]);
  });

  it("ends with a failure that had to be waited for, too", async () => {
    let now = 0;
    const policy = new SyncReadPolicy(() => now);
    await policy.allowFolder(tmpdir(), "1");
    const slowFailure = (): never => {
      now += 5;
      throw new Error("EIO");
    };
    expect(() => policy.runSync(slowFailure)).toThrow("EIO");
    expect(policy.next(`${tmpdir()}/file`)).toBe(false);
  });

  it("is for folders that a walk has found on a local disk, and for files in them", async () => {
    const policy = new SyncReadPolicy();
    expect(policy.next(`${tmpdir()}/file`)).toBe(false);
    await policy.allowFolder(tmpdir(), "1");
    expect(policy.next(`${tmpdir()}/file`)).toBe(true);
    expect(policy.next(`${tmpdir()}/folder/file`)).toBe(false);
  });

  it("is never for what is no disk", async () => {
    const policy = new SyncReadPolicy();
    await policy.allowFolder("/proc/self", "2");
    await policy.allowFolder("/not-there", "3");
    expect([policy.next("/proc/self/status"), policy.next("/not-there/file")]).toEqual([false, false]);
  });

  it("looks at each device once, and forgets the folders it saw first", async () => {
    const policy = new SyncReadPolicy();
    await policy.allowFolder(tmpdir(), "1");
    for (let folder = 0; folder < 64; folder += 1) await policy.allowFolder(`/not-there/${folder}`, "1");
    expect(policy.next(`${tmpdir()}/file`)).toBe(false);
    expect([policy.next("/not-there/0/file"), policy.next("/not-there/63/file")]).toEqual([true, true]);
  });
});
