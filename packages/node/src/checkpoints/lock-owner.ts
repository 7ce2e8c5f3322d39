import { readlinkSync } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import type { LockContent } from "@cosup/core/files";
import { errorCode } from "@cosup/core/runtime";
import { fileSystem } from "../file-system.ts";

/** Tokens of the locks that this thread holds. */
const held = new Set<string>();

/** Records that this thread holds the lock with that token, or no longer holds it. */
export function noteHeld(token: string, isHeld: boolean): void {
  if (isHeld) held.add(token);
  else held.delete(token);
}

/** Describes this process as the owner of a lock that it is about to take. */
export async function describeSelf(): Promise<LockContent> {
  const self = await processState(`${process.pid}`);
  return {
    pid: process.pid,
    hostname: hostname(),
    startedAt: new Date().toISOString(),
    token: fileSystem.randomToken(),
    system: await systemId(),
    processStart: self?.start ?? null,
    // Loaded with the first lock: 1 ms of a program's start.
    threadId: process.getBuiltinModule("node:worker_threads").threadId,
    task: await ownTask(),
  };
}

/** Of a module that is loaded with the first lock, too. */
function hostname(): string {
  return process.getBuiltinModule("node:os").hostname();
}

async function ownTask(): Promise<LockContent["task"]> {
  try {
    // Synchronous: an asynchronous call would run in a thread of libuv, and name that thread.
    const path = readlinkSync("/proc/thread-self");
    const state = await processState(path);
    return state === undefined ? null : { id: Number(path.split("/").at(-1)), start: state.start };
  } catch {
    return null;
  }
}

/**
 * Whether the owner is running: its process, and its thread in that process. Undefined if that cannot be seen, because the
 * owner is on another host or in another container, or is another thread of this process; then the heartbeat decides.
 */
export async function ownerAlive(owner: LockContent): Promise<boolean | undefined> {
  if (owner.hostname !== hostname() || (owner.system ?? null) !== (await systemId())) {
    return undefined;
  }
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: there is such a process, and it is another user's.
    return errorCode(error) !== "ESRCH";
  }
  const current = await processState(`${owner.pid}`);
  if (current !== undefined) {
    // A zombie keeps its pid until its parent waits for it.
    const gone = current.state === "Z" || current.state === "X";
    if (gone || (owner.processStart ?? current.start) !== current.start || (await threadEnded(owner))) {
      return false;
    }
  }
  return isUnknownHere(owner) ? undefined : true;
}

/** Whether the owner is in this process but is not this thread. */
export function isUnknownHere(owner: LockContent): boolean {
  return owner.pid === process.pid && !held.has(owner.token);
}

async function threadEnded({ pid, task }: LockContent): Promise<boolean> {
  // Locks of earlier versions have none.
  if (typeof task?.id !== "number") return false;
  try {
    const state = stateIn(await readFile(`/proc/${pid}/task/${task.id}/stat`, "utf8"));
    return state !== undefined && state.start !== task.start;
  } catch (error) {
    // Any other error, such as no free descriptor, says nothing about the thread.
    return errorCode(error) === "ENOENT" || errorCode(error) === "ESRCH";
  }
}

async function processState(path: string): Promise<{ state: string; start: string } | undefined> {
  return stateIn(await readFile(`/proc/${path}/stat`, "utf8").catch(() => ""));
}

function stateIn(text: string): { state: string; start: string } | undefined {
  // Field 2 is the program's name in parentheses and may itself hold spaces and parentheses; see proc(5).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, start] = [fields[0], fields[19]];
  return state && start ? { state, start } : undefined;
}

async function systemId(): Promise<string | null> {
  try {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    return `${boot.trim()} ${await readlink("/proc/self/ns/pid")}`;
  } catch {
    return null;
  }
}
