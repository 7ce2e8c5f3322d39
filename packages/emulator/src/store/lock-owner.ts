import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** The process that holds a lock, as the lock file describes it. */
export interface LockOwner {
  readonly pid: number;
  /** Start of the process in clock ticks since boot (Linux). Tells it from a later process with its pid. */
  readonly started: string | undefined;
  /** Boot and pid namespace (Linux), otherwise the host: a pid has no meaning outside. */
  readonly system: string;
  /** Becomes a file name. New for each lock, so that nobody deletes the lock of another process by mistake. */
  readonly token: string;
}

/** This process, with a new token. */
export function describeSelf(): LockOwner {
  const { pid } = process;
  return {
    pid,
    started: processStatus(pid)?.started,
    system: systemId(),
    token: randomBytes(8).toString("hex"),
  };
}

/** Reads a lock file. Undefined: not one, or a power cut left it empty. */
export function parseOwner(text: string): LockOwner | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { pid, started, system, token } = (value ?? {}) as Partial<Record<keyof LockOwner, unknown>>;
  const usable = Number.isSafeInteger(pid) && Number(pid) > 0 && typeof system === "string";
  if (!usable || typeof token !== "string") return undefined;
  return { pid: Number(pid), started: typeof started === "string" ? started : undefined, system, token };
}

/** Whether the owner's process still runs. Undefined: it cannot be examined from here, as in another container. */
export function ownerRuns(owner: LockOwner): boolean | undefined {
  if (owner.system !== systemId()) return undefined;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it runs as another user.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const status = processStatus(owner.pid);
  if (status === undefined) return true;
  return !status.ended && (owner.started === undefined || status.started === owner.started);
}

function processStatus(pid: number): { started: string | undefined; ended: boolean } | undefined {
  const text = readText(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The name of the program comes second, in parentheses, and may contain anything.
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  if (fields === undefined) return undefined;
  // A zombie waits for its parent. While it still has other threads, one of them may be inside a write.
  const ended = /^[ZX]/.test(fields[0] ?? "") && Number(fields[17]) <= 1;
  return { started: fields[19], ended };
}

function systemId(): string {
  const boot = readText(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
  const namespace = readText(() => readlinkSync("/proc/self/ns/pid"));
  return boot === undefined ? hostname() : `${boot.trim()} ${namespace ?? hostname()}`;
}

/** Undefined where the system has no such file. */
function readText(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
