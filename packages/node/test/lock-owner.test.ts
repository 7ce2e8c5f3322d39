import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { formatLock, type LockContent, parseLock } from "@cosup/core/files";
import { afterEach, describe, expect, it, vi } from "vitest";
import { describeSelf, noteHeld, ownerAlive } from "../src/checkpoints/lock-owner.ts";
import { failure, hook } from "./hooked-fs.ts";
import { deadPid } from "./lock-rig.ts";

const onLinux = process.platform === "linux";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Replaces the content of /proc files, or makes them fail. */
function pretendProc(text: string | undefined): void {
  hook(
    "readFile",
    (real) =>
      (async (path: string, ...more: never[]) => {
        if (!String(path).startsWith("/proc/")) return real(path, ...more);
        if (text === undefined || !String(path).endsWith("/stat")) throw failure("ENOENT");
        return text;
      }) as typeof real,
  );
}

describe("describeSelf()", () => {
  it.runIf(onLinux)("identifies this process uniquely on this system", async () => {
    const { pid, system, processStart } = await describeSelf();
    expect(pid).toBe(process.pid);
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    expect(system).toBe(`${boot.slice(0, 36)} ${await readlink("/proc/self/ns/pid")}`);
    // Field 22 of proc(5); fields 3 to 21 hold no spaces.
    const [, start] = /\) \S+(?: \S+){18} (\d+) /.exec(await readFile("/proc/self/stat", "utf8")) ?? [];
    expect(processStart).toBe(start);
  });

  it.runIf(onLinux)("is not led astray by the name of the program", async () => {
    const { processStart } = await describeSelf();
    const { title } = process;
    try {
      process.title = "a) S 1 (b";
      expect((await describeSelf()).processStart).toBe(processStart);
    } finally {
      process.title = title;
    }
  });

  it("does without /proc", async () => {
    pretendProc(undefined);
    const owner = await describeSelf();
    expect(owner).toMatchObject({ pid: process.pid, hostname: hostname(), system: null, processStart: null });
    expect(parseLock(formatLock(owner))).toEqual(owner);
  });
});

describe("ownerAlive()", () => {
  /** Of a lock that this thread holds. */
  async function owner(changes: Partial<LockContent> = {}): Promise<LockContent> {
    const self = await describeSelf();
    noteHeld(self.token, true);
    return { ...self, ...changes };
  }

  it("is unknown of a lock of this process that this thread does not hold", async () => {
    const self = await owner();
    noteHeld(self.token, false);
    expect(await ownerAlive(self)).toBeUndefined();
    expect(await ownerAlive({ ...self, task: null })).toBeUndefined();
  });

  it.runIf(onLinux)("is false of a thread that has ended, or whose id is another's by now", async () => {
    const self = await owner();
    const { task } = self;
    expect(task).toMatchObject({ id: process.pid });
    expect(await ownerAlive({ ...self, task: { id: task?.id ?? 0, start: "1" } })).toBe(false);
    expect(await ownerAlive({ ...self, task: { id: await deadPid(), start: "1" } })).toBe(false);
  });

  it.runIf(onLinux)("is true of a thread that cannot be checked because no descriptor is free", async () => {
    const self = await owner();
    hook(
      "readFile",
      (real) =>
        (async (path: string, ...more: never[]) => {
          if (String(path).includes("/task/")) throw failure("EMFILE");
          return real(path, ...more);
        }) as typeof real,
    );
    expect(await ownerAlive(self)).toBe(true);
  });

  it.runIf(onLinux)("is false of a thread that ends while its state is read", async () => {
    const self = await owner();
    hook(
      "readFile",
      (real) =>
        (async (path: string, ...more: never[]) => {
          if (String(path).includes("/task/")) throw failure("ESRCH");
          return real(path, ...more);
        }) as typeof real,
    );
    expect(await ownerAlive(self)).toBe(false);
  });

  it.runIf(onLinux)(
    "is true of a thread whose state cannot be parsed, or whose lock has no thread",
    async () => {
      const self = await owner();
      expect(await ownerAlive({ ...self, task: {} as never })).toBe(true);
      hook(
        "readFile",
        (real) =>
          (async (path: string, ...more: never[]) =>
            String(path).includes("/task/") ? "1 (node) S 0" : real(path, ...more)) as typeof real,
      );
      expect(await ownerAlive(self)).toBe(true);
    },
  );

  it("is true of this process, also where no start was written down", async () => {
    expect(await ownerAlive(await owner())).toBe(true);
    expect(await ownerAlive(await owner({ processStart: null }))).toBe(true);
  });

  it("is false of a process that has ended", async () => {
    expect(await ownerAlive(await owner({ pid: await deadPid(), processStart: null }))).toBe(false);
  });

  it("is unknown on another host, and on another system of the same name", async () => {
    expect(await ownerAlive(await owner({ hostname: "elsewhere" }))).toBeUndefined();
    expect(await ownerAlive(await owner({ system: "another boot" }))).toBeUndefined();
  });

  it.runIf(onLinux)("is unknown where only one of the two could tell its system", async () => {
    expect(await ownerAlive(await owner({ system: null }))).toBeUndefined();
    const told = await owner();
    pretendProc(undefined);
    expect(await ownerAlive(told)).toBeUndefined();
  });

  it("is true of another user's process, which may not be signalled", async () => {
    const self = await owner();
    const kill = vi.spyOn(process, "kill").mockImplementation(() => {
      throw failure("EPERM");
    });
    expect(await ownerAlive(self)).toBe(true);
    expect(kill).toHaveBeenCalledWith(process.pid, 0);
  });

  it("is true of a process that a signal reaches, where there is no /proc", async () => {
    pretendProc(undefined);
    expect(await ownerAlive(await owner())).toBe(true);
  });

  it.runIf(onLinux)(
    "is false of a process that is dead but not gone, and true in every other state",
    async () => {
      const stat = (state: string) => `1 (node) ${state}${" 0".repeat(18)} 77 0`;
      const told = await owner({ task: null });
      for (const [state, alive] of [
        ["Z", false],
        ["X", false],
        ["S", true],
        ["D", true],
      ] as const) {
        hook(
          "readFile",
          (real) =>
            (async (path: string, ...more: never[]) =>
              String(path).endsWith("/stat") ? stat(state) : real(path, ...more)) as typeof real,
        );
        expect(await ownerAlive({ ...told, processStart: "77" }), state).toBe(alive);
      }
      expect(await ownerAlive({ ...told, processStart: "78" })).toBe(false);
    },
  );

  it.runIf(onLinux)("is true when the content of /proc cannot be parsed", async () => {
    const told = await owner();
    hook(
      "readFile",
      (real) =>
        (async (path: string, ...more: never[]) =>
          String(path).endsWith("/stat") ? "1 (node) S 0" : real(path, ...more)) as typeof real,
    );
    expect(await ownerAlive(told)).toBe(true);
  });
});
