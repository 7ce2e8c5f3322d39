import { randomBytes } from "node:crypto";
import { readlinkSync } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { errorCode } from "../error-code.ts";

/** Who holds a lock; the content of a lock file. */
export interface LockOwner {
  readonly pid: number;
  readonly hostname: string;
  readonly startedAt: string;
  /** Names this one taking of the lock. */
  readonly token: string;
  /** Boot and pid namespace (Linux): where else the pid means nothing, as in another container of that name. */
  readonly system: string | null;
  /** Start of the process in clock ticks since boot (Linux): tells a reused pid from the old one. */
  readonly processStart: string | null;
  /** Node's number of the thread; 0 is the main one. */
  readonly threadId: number;
  /** The kernel's id of the thread, and its start (Linux): a worker may end long before its process. */
  readonly task: { readonly id: number; readonly start: string } | null;
}

/** Tokens of the locks that this thread holds. */
const held = new Set<string>();

/** Remembers that this thread holds the lock of that token, or that it does not any more. */
export function noteHeld(token: string, isHeld: boolean): void {
  if (isHeld) held.add(token);
  else held.delete(token);
}

/** Describes this process as the owner of a lock that it is about to take. */
export async function describeSelf(): Promise<LockOwner> {
  const self = await processState(`${process.pid}`);
  return {
    pid: process.pid,
    hostname: hostname(),
    startedAt: new Date().toISOString(),
    token: randomBytes(8).toString("hex"),
    system: await systemId(),
    processStart: self?.start ?? null,
    // Loaded with the first lock: 1 ms of a program's start.
    threadId: process.getBuiltinModule("node:worker_threads").threadId,
    task: await ownTask(),
  };
}

async function ownTask(): Promise<LockOwner["task"]> {
  try {
    // On the spot: through libuv's threads it would name one of those.
    const path = readlinkSync("/proc/thread-self");
    const state = await processState(path);
    return state === undefined ? null : { id: Number(path.split("/").at(-1)), start: state.start };
  } catch {
    return null;
  }
}

/** The owner that a lock file names; undefined when the text is torn or foreign. */
export function parseOwner(text: string): LockOwner | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const owner = value as Partial<LockOwner> | null;
  const usable =
    typeof owner === "object" &&
    owner !== null &&
    Number.isSafeInteger(owner.pid) &&
    Number(owner.pid) > 0 &&
    typeof owner.hostname === "string" &&
    // The token becomes part of a file name.
    /^[0-9a-f]{1,32}$/.test(owner.token ?? "");
  return usable ? (owner as LockOwner) : undefined;
}

/**
 * Whether the owner runs: its process, and of that its thread. Undefined when it lives where we cannot see it, and of
 * another thread of this process whose end cannot be seen: then the heartbeat decides.
 */
export async function ownerAlive(owner: LockOwner): Promise<boolean | undefined> {
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
    // A zombie still has its pid, and for as long as its parent likes.
    const gone = current.state === "Z" || current.state === "X";
    if (gone || (owner.processStart ?? current.start) !== current.start || (await threadEnded(owner))) {
      return false;
    }
  }
  return isUnknownHere(owner) ? undefined : true;
}

/** Whether the owner is of this process, yet this thread knows nothing of its lock. */
export function isUnknownHere(owner: LockOwner): boolean {
  return owner.pid === process.pid && !held.has(owner.token);
}

async function threadEnded({ pid, task }: LockOwner): Promise<boolean> {
  // Locks of earlier versions have none.
  if (typeof task?.id !== "number") {
    return false;
  }
  try {
    return stateIn(await readFile(`/proc/${pid}/task/${task.id}/stat`, "utf8"))?.start !== task.start;
  } catch (error) {
    // Anything else (no free descriptor) says nothing of the thread.
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
