import { randomBytes } from "node:crypto";
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
}

/** Describes this process as the owner of a lock that it is about to take. */
export async function describeSelf(): Promise<LockOwner> {
  const self = await processState(process.pid);
  return {
    pid: process.pid,
    hostname: hostname(),
    startedAt: new Date().toISOString(),
    token: randomBytes(8).toString("hex"),
    system: await systemId(),
    processStart: self?.start ?? null,
  };
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

/** Whether the owner's process runs; undefined when it lives where we cannot see it. */
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
  const current = await processState(owner.pid);
  if (current === undefined) {
    return true;
  }
  // A zombie still has its pid, and for as long as its parent likes.
  const gone = current.state === "Z" || current.state === "X";
  return !gone && (owner.processStart ?? current.start) === current.start;
}

async function processState(pid: number): Promise<{ state: string; start: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
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
