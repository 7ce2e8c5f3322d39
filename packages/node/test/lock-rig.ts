import { spawn } from "node:child_process";
import { once } from "node:events";
import { utimes, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import timers from "node:timers/promises";
import type { LockContent } from "@cosup/core/files";
import { afterEach } from "vitest";
import { describeSelf } from "../src/checkpoints/lock-owner.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** The id of the checkpoint whose lock {@link lockPath} names. */
export const ID = "0123abcd";

/** A process on another system, whose end cannot be detected here. */
export const elsewhere = { hostname: "elsewhere", pid: process.ppid, token: "aaaa" };

export async function lockPath(): Promise<{ directory: string; path: string }> {
  const directory = await temporaryDirectory();
  return { directory, path: join(directory, `${ID}.lock`) };
}

/** The pid of a process that has ended and was waited for. */
export async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
}

/** Creates the lock file of another owner, who wrote to it `silentMs` ago. */
export async function plant(path: string, owner: Partial<LockContent>, silentMs = 0): Promise<void> {
  await writeFile(path, JSON.stringify({ ...(await describeSelf()), ...owner }));
  const at = (Date.now() - silentMs) / 1_000;
  await utimes(path, at, at);
}

const { setTimeout } = timers;

/** Replaces the wait in which a suspended thread may wake: `meanwhile` happens, and the wait is over. */
export function whileWaiting(meanwhile: () => Promise<void>): void {
  timers.setTimeout = (async (_ms: number, value: unknown) => {
    await meanwhile();
    return value;
  }) as typeof setTimeout;
  syncBuiltinESMExports();
}

afterEach(() => {
  timers.setTimeout = setTimeout;
  syncBuiltinESMExports();
});
