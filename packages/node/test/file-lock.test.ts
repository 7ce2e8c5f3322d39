import { spawn } from "node:child_process";
import { once } from "node:events";
import { link, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { LOCK_ABANDONED_MS, LOCK_HEARTBEAT_MS, type LockContent, parseLock } from "@cosup/core/files";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fileCheckpoints } from "../src/checkpoints/file-checkpoints.ts";
import { acquireLock } from "../src/checkpoints/file-lock.ts";
import { describeSelf, ownerAlive } from "../src/checkpoints/lock-owner.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const ID = "0123abcd";
const onLinux = process.platform === "linux";

afterEach(() => {
  vi.useRealTimers();
});

async function lockPath(): Promise<{ directory: string; path: string }> {
  const directory = await temporaryDirectory();
  return { directory, path: join(directory, `${ID}.lock`) };
}

/** The pid of a process that has ended and was waited for. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
}

/** Creates an abandoned lock file of another process. */
async function plant(path: string, owner: Partial<LockContent>, silentMs = 0): Promise<void> {
  await writeFile(path, JSON.stringify({ ...(await describeSelf()), ...owner }));
  const at = (Date.now() - silentMs) / 1_000;
  await utimes(path, at, at);
}

describe("within one process", () => {
  it("is exclusive until it is released", async () => {
    const store = fileCheckpoints(await temporaryDirectory());
    const first = await store.lock(ID);
    expect(first).toBeDefined();
    expect(await store.lock(ID)).toBeUndefined();
    await first?.release();
    const second = await store.lock(ID);
    expect(second).toBeDefined();
    await second?.release();
  });

  it("goes to exactly one of many at once", async () => {
    const { path, directory } = await lockPath();
    const locks = await Promise.all(Array.from({ length: 30 }, () => acquireLock(path)));
    const held = locks.filter((lock) => lock !== undefined);
    expect(held.length).toBe(1);
    await held[0]?.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it("is one for each id", async () => {
    const store = fileCheckpoints(await temporaryDirectory());
    const locks = await Promise.all([store.lock("aa"), store.lock("bb")]);
    expect(locks.every((lock) => lock !== undefined)).toBe(true);
    await Promise.all(locks.map((lock) => lock?.release()));
  });

  it("contains its owner", async () => {
    const { path } = await lockPath();
    const lock = await acquireLock(path);
    const owner = JSON.parse(await readFile(path, "utf8"));
    expect(owner).toMatchObject({ pid: process.pid, hostname: hostname() });
    expect(owner.token).toMatch(/^[0-9a-f]{16}$/);
    expect(Number.isNaN(Date.parse(owner.startedAt))).toBe(false);
    await lock?.release();
  });

  it("release leaves alone a lock that has become another's, and works twice", async () => {
    const { path } = await lockPath();
    const lock = await acquireLock(path);
    await plant(path, { token: "ffff" });
    await lock?.release();
    await lock?.release();
    expect(parseLock(await readFile(path, "utf8"))?.token).toBe("ffff");
  });
});

describe("left behind", () => {
  it("by a dead process: is taken over", async () => {
    const { path, directory } = await lockPath();
    await plant(path, { pid: await deadPid(), token: "dead" });
    const lock = await acquireLock(path);
    expect(lock).toBeDefined();
    expect(await acquireLock(path)).toBeUndefined();
    await lock?.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it.runIf(onLinux)("by a dead process whose pid has a new process: is taken over", async () => {
    const { path } = await lockPath();
    await plant(path, { pid: process.pid, processStart: "1", token: "dead" });
    expect(await acquireLock(path)).toBeDefined();
  });

  it("by a live process: is not", async () => {
    const { path } = await lockPath();
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const theirs = { pid: child.pid ?? 0, processStart: null, task: null };
    await plant(path, theirs, 10 * LOCK_ABANDONED_MS);
    expect(await acquireLock(path)).toBeUndefined();
    child.kill("SIGKILL");
  });

  it("by another part of this process, whose end cannot be seen: only after a long silence", async () => {
    const { path } = await lockPath();
    await plant(path, { task: null }, LOCK_ABANDONED_MS / 2);
    expect(await acquireLock(path)).toBeUndefined();
    await plant(path, { task: null }, LOCK_ABANDONED_MS * 2);
    expect(await acquireLock(path)).toBeDefined();
  });

  it("by a part of this process that was only suspended, and shows that it lives: is not", async () => {
    const { path } = await lockPath();
    await plant(path, { task: null }, LOCK_ABANDONED_MS * 2);
    const taking = acquireLock(path);
    setTimeout(() => void utimes(path, new Date(), new Date()), 500);
    expect(await taking).toBeUndefined();
  });

  it("on another host: only after a long silence", async () => {
    const { path } = await lockPath();
    await plant(path, { hostname: "elsewhere", pid: await deadPid() }, LOCK_ABANDONED_MS / 2);
    expect(await acquireLock(path)).toBeUndefined();
    await plant(path, { hostname: "elsewhere", pid: process.pid }, LOCK_ABANDONED_MS * 2);
    expect(await acquireLock(path)).toBeDefined();
  });

  it("in another container of the same name: only after a long silence", async () => {
    const { path } = await lockPath();
    const pid = await deadPid();
    await plant(path, { pid, system: "another boot" });
    expect(await acquireLock(path)).toBeUndefined();
    await plant(path, { pid, system: "another boot" }, LOCK_ABANDONED_MS * 2);
    expect(await acquireLock(path)).toBeDefined();
  });

  it.each(["", "{", "null", '{"pid":1}', '{"pid":-1,"hostname":"x","token":"../../x"}'])(
    "torn or foreign (%j): only after a long silence",
    async (text) => {
      const { path } = await lockPath();
      await writeFile(path, text);
      expect(await acquireLock(path)).toBeUndefined();
      const past = Date.now() / 1_000 - 3_600;
      await utimes(path, past, past);
      expect(await acquireLock(path)).toBeDefined();
    },
  );

  it("is taken over although a process died while it took it over", async () => {
    const { path } = await lockPath();
    const pid = await deadPid();
    await plant(path, { pid, token: "aaaa" });
    await plant(`${path}.aaaa`, { pid, token: "bbbb" });
    expect(await acquireLock(path)).toBeDefined();
  });

  it("and being taken over by a live process: is not taken twice", async () => {
    const { path } = await lockPath();
    await plant(path, { pid: await deadPid(), token: "aaaa" });
    await plant(`${path}.aaaa`, { pid: process.pid, token: "bbbb" });
    expect(await acquireLock(path)).toBeUndefined();
  });

  it("goes to exactly one of many that find it at once", async () => {
    const pid = await deadPid();
    for (let round = 0; round < 20; round++) {
      const { path } = await lockPath();
      await plant(path, { pid, token: "dead" });
      const locks = await Promise.all(Array.from({ length: 12 }, () => acquireLock(path)));
      expect(locks.filter((lock) => lock !== undefined).length).toBe(1);
    }
  });

  it("with drafts of checkpoints: those are swept, and nothing else", async () => {
    const { directory, path } = await lockPath();
    await plant(path, { pid: await deadPid(), token: "dead" });
    const kept = [`${ID}.json`, `${ID}9.json.0011.tmp`, "notes.txt"];
    for (const name of [...kept, `${ID}.json.0011.tmp`]) {
      await writeFile(join(directory, name), "x");
    }
    const lock = await fileCheckpoints(directory).lock(ID);
    await lock?.release();
    expect((await readdir(directory)).sort()).toEqual(kept.sort());
  });
});

describe("a heartbeat", () => {
  it("shows that the holder lives, and does not harm the file", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { path } = await lockPath();
    const lock = await acquireLock(path);
    const text = await readFile(path, "utf8");
    await utimes(path, 1_000, 1_000);
    vi.advanceTimersByTime(LOCK_HEARTBEAT_MS);
    await vi.waitFor(async () => expect((await stat(path)).mtimeMs).toBeGreaterThan(1_000_000));
    expect(await readFile(path, "utf8")).toBe(text);
    await lock?.release();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not write through a link, nor to a lock that another process now holds", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { path, directory } = await lockPath();
    const lock = await acquireLock(path);
    const text = await readFile(path, "utf8");
    const victim = join(directory, "victim");
    await writeFile(victim, "[1]");
    const beat = async (): Promise<void> => {
      vi.advanceTimersByTime(LOCK_HEARTBEAT_MS);
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await rename(path, join(directory, "kept"));
    await symlink(victim, path);
    await beat();
    expect(await readFile(victim, "utf8")).toBe("[1]");
    await rm(path);
    await link(victim, path);
    await beat();
    expect(await readFile(victim, "utf8")).toBe("[1]");
    await rm(path);
    await plant(path, { token: "ffff" }, 1_000_000);
    const { mtimeMs } = await stat(path);
    await beat();
    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
    await rename(join(directory, "kept"), path);
    await beat();
    expect(await readFile(path, "utf8")).toBe(text);
    await lock?.release();
    expect((await readdir(directory)).sort()).toEqual(["victim"]);
  });

  it("that fell silent: release leaves the lock to one that is replacing it just then", async () => {
    const { path } = await lockPath();
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    const lock = await acquireLock(path);
    const { token } = parseLock(await readFile(path, "utf8")) ?? {};
    vi.setSystemTime(Date.now() + LOCK_ABANDONED_MS);
    const guard = await acquireLock(`${path}.${token}`);
    await lock?.release();
    expect(parseLock(await readFile(path, "utf8"))?.token).toBe(token);
    await guard?.release();
    await lock?.release();
    expect(await readFile(path, "utf8").catch(() => "gone")).toBe("gone");
  });

  it("does not bring back a lock that was removed", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { path, directory } = await lockPath();
    const lock = await acquireLock(path);
    await rm(path);
    vi.advanceTimersByTime(LOCK_HEARTBEAT_MS);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await readdir(directory)).toEqual([]);
    await lock?.release();
  });
});

it.runIf(onLinux)("a zombie holds no lock", async () => {
  // The shell starts a child and then becomes `sleep`, which never waits for that child.
  const shell = spawn("sh", ["-c", "sleep 0.5 & echo $!; exec sleep 60"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(shell.stdout, "data");
  const pid = Number(String(line));
  const isZombie = async (): Promise<void> =>
    expect(await readFile(`/proc/${pid}/stat`, "utf8")).toContain(" Z ");
  await vi.waitFor(isZombie, { timeout: 10_000 });
  const self = await describeSelf();
  expect(await ownerAlive({ ...self, pid, processStart: null })).toBe(false);
  shell.kill("SIGKILL");
});
