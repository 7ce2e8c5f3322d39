import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { LOCK_ABANDONED_MS, parseLock } from "@cosup/core/files";
import { describe, expect, it, vi } from "vitest";
import { fileCheckpoints } from "../src/checkpoints/file-checkpoints.ts";
import { acquireLock } from "../src/checkpoints/file-lock.ts";
import { describeSelf, ownerAlive } from "../src/checkpoints/lock-owner.ts";
import { caught } from "./caught.ts";
import { failure, hook } from "./hooked-fs.ts";
import { deadPid, elsewhere, ID, lockPath, plant, whileWaiting } from "./lock-rig.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const onLinux = process.platform === "linux";

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

  it.skipIf(process.platform === "win32")(
    "is readable by its user alone, also where it replaces one",
    async () => {
      const { path } = await lockPath();
      const lock = await acquireLock(path);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      await lock?.release();
      await plant(path, { pid: await deadPid(), token: "dead" });
      expect(await acquireLock(path)).toBeDefined();
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    },
  );

  it("stays with this thread when its heartbeat is late, as after a long computation", async () => {
    const { path } = await lockPath();
    whileWaiting(async () => {});
    const lock = await acquireLock(path);
    await utimes(path, 1_000, 1_000);
    expect(await acquireLock(path)).toBeUndefined();
    await lock?.release();
    expect(await acquireLock(path)).toBeDefined();
  });

  it("that could not be removed ends with its heartbeat, also for this thread", async () => {
    const { path } = await lockPath();
    const lock = await acquireLock(path);
    let refuses = true;
    hook("rm", (real) => async (at, options) => {
      if (refuses && at === path) throw failure("EACCES");
      await real(at, options);
    });
    expect(await caught(lock?.release() ?? Promise.resolve())).toMatchObject({ code: "EACCES" });
    refuses = false;
    expect(await acquireLock(path)).toBeUndefined();
    await utimes(path, 1_000, 1_000);
    whileWaiting(async () => {});
    const next = await acquireLock(path);
    expect(next).toBeDefined();
    await next?.release();
    expect(await readFile(path, "utf8").catch(() => "gone")).toBe("gone");
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
  it("by a dead process: is taken over at once", async () => {
    const { path, directory } = await lockPath();
    whileWaiting(() => Promise.reject(new Error("it waits")));
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
    let waits = 0;
    whileWaiting(async () => {
      waits += 1;
    });
    await plant(path, { task: null }, LOCK_ABANDONED_MS / 2);
    expect(await acquireLock(path)).toBeUndefined();
    expect(waits).toBe(0);
    await plant(path, { task: null }, LOCK_ABANDONED_MS * 2);
    expect(await acquireLock(path)).toBeDefined();
    expect(waits).toBe(1);
  });

  it("by a part of this process that was only suspended, and shows that it lives: is not", async () => {
    const { path } = await lockPath();
    await plant(path, { task: null, token: "aaaa" }, LOCK_ABANDONED_MS * 2);
    whileWaiting(() => utimes(path, new Date(), new Date()));
    expect(await acquireLock(path)).toBeUndefined();
    expect(parseLock(await readFile(path, "utf8"))?.token).toBe("aaaa");
  });

  it("on another host: only after a long silence, and then at once", async () => {
    const { path } = await lockPath();
    whileWaiting(() => Promise.reject(new Error("it waits")));
    await plant(path, { ...elsewhere, pid: await deadPid() }, LOCK_ABANDONED_MS / 2);
    expect(await acquireLock(path)).toBeUndefined();
    await plant(path, elsewhere, LOCK_ABANDONED_MS * 2);
    expect(await acquireLock(path)).toBeDefined();
  });

  it("on another host with our pid: only after a long silence", async () => {
    const { path } = await lockPath();
    whileWaiting(async () => {});
    await plant(path, { ...elsewhere, pid: process.pid }, LOCK_ABANDONED_MS * 2);
    expect(await acquireLock(path)).toBeDefined();
  });

  it.each([
    [LOCK_ABANDONED_MS, "kept"],
    [LOCK_ABANDONED_MS + 1, "taken over"],
  ])("on another host, and silent for %i ms by the file system's clock: is %s", async (silentMs, outcome) => {
    const { path } = await lockPath();
    await plant(path, elsewhere);
    hook(
      "stat",
      (real) =>
        (async (of: string) => {
          const mtimeMs = of === path ? 1_000_000 : 1_000_000 + silentMs;
          return Object.assign(await real(of), { mtimeMs });
        }) as typeof real,
    );
    const lock = await acquireLock(path);
    expect(lock === undefined ? "kept" : "taken over").toBe(outcome);
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

it.runIf(onLinux)("a zombie holds no lock", async () => {
  // The shell starts a child and then becomes `sleep`, which never waits for that child.
  const shell = spawn("sh", ["-c", "sleep 0.5 & echo $!; exec sleep 60"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(shell.stdout, "data");
  const pid = Number(String(line));
  const isZombie = async (): Promise<void> =>
    expect(await readFile(`/proc/${pid}/stat`, "utf8")).toContain(" Z ");
  await vi.waitFor(isZombie, { timeout: 50_000 });
  const self = await describeSelf();
  expect(await ownerAlive({ ...self, pid, processStart: null })).toBe(false);
  shell.kill("SIGKILL");
});
