import { EventEmitter, once } from "node:events";
import {
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { LOCK_ABANDONED_MS, LOCK_HEARTBEAT_MS, parseLock } from "@cosup/core/files";
import { afterEach, describe, expect, it, vi } from "vitest";
import { acquireLock } from "../src/checkpoints/file-lock.ts";
import { hook } from "./hooked-fs.ts";
import { lockPath, plant } from "./lock-rig.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("a heartbeat", () => {
  it("shows that the holder lives, and does not harm the file", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { path } = await lockPath();
    const lock = await acquireLock(path);
    const text = await readFile(path, "utf8");
    await utimes(path, 1_000, 1_000);
    vi.advanceTimersByTime(LOCK_HEARTBEAT_MS);
    const written = async () => expect((await stat(path)).mtimeMs).toBeGreaterThan(1_000_000);
    await vi.waitFor(written, { timeout: 50_000 });
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

/** Makes time virtual. The returned function lets it pass until the next heartbeat was written, or could not be. */
function heartbeats(): () => Promise<void> {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  const ends = new EventEmitter();
  hook("open", (real) => async (...parameters) => {
    const handle = await real(...parameters).catch((error: unknown) => {
      setImmediate(() => ends.emit("end"));
      throw error;
    });
    const close = handle.close.bind(handle);
    handle.close = async () => {
      await close();
      setImmediate(() => ends.emit("end"));
    };
    return handle;
  });
  return async () => {
    const ended = once(ends, "end", { signal: AbortSignal.timeout(10_000) });
    vi.advanceTimersByTime(LOCK_HEARTBEAT_MS);
    await ended;
  };
}

/** A lock of ours, and another process that once found it abandoned and is about to replace it. */
async function lockBeingReplaced() {
  const { path, directory } = await lockPath();
  const lock = await acquireLock(path);
  expect(lock).toBeDefined();
  const token = parseLock(await readFile(path, "utf8"))?.token ?? "";
  const guard = `${path}.${token}`;
  await plant(guard, { token: "bbbb" });
  const holder = async (): Promise<string | undefined> =>
    parseLock(await readFile(path, "utf8").catch(() => ""))?.token;
  return { path, directory, lock, token, guard, holder };
}

describe("a lock that another process is about to replace, when it is released", () => {
  it("goes away if its heartbeats were written in time: the other then finds it gone", async () => {
    const beat = heartbeats();
    const { lock, holder } = await lockBeingReplaced();
    for (let beats = 0; beats < 3; beats++) await beat();
    await lock?.release();
    expect(await holder()).toBeUndefined();
  });

  it.each<[string, (path: string, directory: string) => Promise<void>]>([
    ["while the folder could not be reached", (_, directory) => rename(directory, `${directory}.away`)],
    [
      "while another file was in its place",
      async (path, directory) => {
        await rename(directory, `${directory}.away`);
        await mkdir(directory);
        await plant(path, { token: "ffff" });
      },
    ],
  ])("is left to the other if no heartbeat was written for long, %s", async (_, hide) => {
    const beat = heartbeats();
    const { path, directory, lock, token, guard, holder } = await lockBeingReplaced();
    await hide(path, directory);
    for (let beats = 0; beats < 3; beats++) await beat();
    await rm(directory, { recursive: true, force: true });
    await rename(`${directory}.away`, directory);
    await lock?.release();
    expect(await holder()).toBe(token);
    await rm(guard);
    await lock?.release();
    expect(await holder()).toBeUndefined();
  });

  it.each([
    [LOCK_ABANDONED_MS / 2, "goes away"],
    [LOCK_ABANDONED_MS / 2 + 1, "is left to the other"],
  ])("%i ms after the last heartbeat: it %s", async (ms, outcome) => {
    heartbeats();
    const { lock, holder } = await lockBeingReplaced();
    vi.setSystemTime(Date.now() + ms);
    await lock?.release();
    expect((await holder()) === undefined ? "goes away" : "is left to the other").toBe(outcome);
  });
});
