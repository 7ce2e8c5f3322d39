import { readdir, readFile, rm } from "node:fs/promises";
import { LOCK_ABANDONED_MS, LOCK_HEARTBEAT_MS } from "@cosup/core/files";
import { describe, expect, it, vi } from "vitest";
import { acquireLock } from "../src/checkpoints/file-lock.ts";
import { caught } from "./caught.ts";
import { failure, hook } from "./hooked-fs.ts";
import { elsewhere, lockPath, plant } from "./lock-rig.ts";

/**
 * Runs `what`, an action of another process, right after the first check of the lock, whose last step is a stat of our
 * draft.
 */
function afterFirstLook(path: string, what: () => Promise<void>): void {
  let looked = false;
  hook(
    "stat",
    (real) =>
      (async (of: string) => {
        const stats = await real(of);
        if (of.startsWith(path) && of.endsWith(".draft") && !looked) {
          looked = true;
          await what();
        }
        return stats;
      }) as typeof real,
  );
}

/** Something that comes before each reading of the lock. */
function beforeItIsRead(path: string, what: () => Promise<void>): void {
  hook(
    "readFile",
    (real) =>
      (async (from: string, ...more: never[]) => {
        if (from === path) await what();
        return real(from, ...more);
      }) as typeof real,
  );
}

describe("while we look at a lock, its owner", () => {
  it("leaves it: it is ours", async () => {
    const { path, directory } = await lockPath();
    await plant(path, {});
    beforeItIsRead(path, async () => {
      await rm(path, { force: true });
    });
    const lock = await acquireLock(path);
    expect(lock).toBeDefined();
    expect(await readdir(directory)).toEqual(["0123abcd.lock"]);
  });

  it("leaves it after it was found abandoned: it is ours", async () => {
    const { path, directory } = await lockPath();
    await plant(path, elsewhere, 2 * LOCK_ABANDONED_MS);
    afterFirstLook(path, () => rm(path));
    expect(await acquireLock(path)).toBeDefined();
    expect(await readdir(directory)).toEqual(["0123abcd.lock"]);
  });

  it("shows that it lives after it was found abandoned: it keeps it", async () => {
    const { path } = await lockPath();
    await plant(path, elsewhere, 2 * LOCK_ABANDONED_MS);
    afterFirstLook(path, () => plant(path, elsewhere));
    expect(await acquireLock(path)).toBeUndefined();
    expect(await readFile(path, "utf8")).toContain('"aaaa"');
  });

  it("is found abandoned, and another was faster in taking its place: that one keeps it", async () => {
    const { path, directory } = await lockPath();
    await plant(path, elsewhere, 2 * LOCK_ABANDONED_MS);
    afterFirstLook(path, () => plant(path, { token: "bbbb" }));
    expect(await acquireLock(path)).toBeUndefined();
    expect(await readFile(path, "utf8")).toContain('"bbbb"');
    expect(await readdir(directory)).toEqual(["0123abcd.lock"]);
  });

  it("is found abandoned, and so is the one that took its place, which another is replacing: not ours", async () => {
    const { path } = await lockPath();
    await plant(path, elsewhere, 2 * LOCK_ABANDONED_MS);
    afterFirstLook(path, async () => {
      await plant(path, { ...elsewhere, token: "bbbb" }, 2 * LOCK_ABANDONED_MS);
      await plant(`${path}.bbbb`, { token: "cccc" });
    });
    expect(await acquireLock(path)).toBeUndefined();
    expect(await readFile(path, "utf8")).toContain('"bbbb"');
  });

  it.each([
    [4, "it is ours"],
    [5, "it is not"],
  ])("and others have taken it and left it %i times: %s", async (times, outcome) => {
    const { path, directory } = await lockPath();
    let tries = 0;
    hook("link", (real) => async (from, to) => {
      tries += 1;
      if (tries <= times) throw failure("EEXIST");
      await real(from, to);
    });
    const lock = await acquireLock(path);
    expect(lock === undefined ? "it is not" : "it is ours").toBe(outcome);
    expect((await readdir(directory)).length).toBe(lock === undefined ? 0 : 1);
  });

  it("and others come and go without end: undefined, not for ever", async () => {
    const { path, directory } = await lockPath();
    hook("link", () => async () => {
      throw failure("EEXIST");
    });
    expect(await acquireLock(path)).toBeUndefined();
    expect(await readdir(directory)).toEqual([]);
  });

  it("has a lock that may not be read: the failure, not a lock", async () => {
    const { path, directory } = await lockPath();
    await plant(path, {});
    beforeItIsRead(path, async () => {
      throw failure("EACCES");
    });
    expect(await caught(acquireLock(path))).toMatchObject({ code: "EACCES" });
    expect(await readdir(directory)).toEqual(["0123abcd.lock"]);
  });
});

describe("a file system", () => {
  it.each(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"])(
    "without hard links (%s) has exclusive locks all the same",
    async (code) => {
      const { path, directory } = await lockPath();
      hook("link", () => async () => {
        throw failure(code);
      });
      const first = await acquireLock(path);
      expect(first).toBeDefined();
      expect(await acquireLock(path)).toBeUndefined();
      await first?.release();
      expect(await readdir(directory)).toEqual([]);
      expect(await acquireLock(path)).toBeDefined();
    },
  );

  it("that fails is no lock, and leaves no draft", async () => {
    const { path, directory } = await lockPath();
    hook("link", () => async () => {
      throw failure("EIO");
    });
    const copied = vi.fn();
    hook("copyFile", () => copied);
    expect(await caught(acquireLock(path))).toMatchObject({ code: "EIO" });
    expect(copied).not.toHaveBeenCalled();
    expect(await readdir(directory)).toEqual([]);
  });

  it("that is full where a lock is to be copied is no lock", async () => {
    const { path, directory } = await lockPath();
    hook("link", () => async () => {
      throw failure("EPERM");
    });
    hook("copyFile", () => async () => {
      throw failure("ENOSPC");
    });
    expect(await caught(acquireLock(path))).toMatchObject({ code: "ENOSPC" });
    expect(await readdir(directory)).toEqual([]);
  });
});

it("release succeeds when the lock file is removed at that moment", async () => {
  const { path } = await lockPath();
  const lock = await acquireLock(path);
  hook(
    "readFile",
    (real) =>
      (async (from: string, ...more: never[]) => {
        const text = await real(from, ...more);
        if (from === path) await rm(path);
        return text;
      }) as typeof real,
  );
  await lock?.release();
});

it("a heartbeat closes what it opens", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    const { path } = await lockPath();
    const lock = await acquireLock(path);
    const opened: { fd: number }[] = [];
    hook("open", (real) => async (...parameters) => {
      const handle = await real(...parameters);
      opened.push(handle);
      return handle;
    });
    vi.advanceTimersByTime(2 * LOCK_HEARTBEAT_MS);
    await vi.waitFor(() => expect(opened.map(({ fd }) => fd)).toEqual([-1, -1]), { timeout: 50_000 });
    await lock?.release();
  } finally {
    vi.useRealTimers();
  }
});
