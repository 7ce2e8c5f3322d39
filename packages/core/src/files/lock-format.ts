/** Milliseconds between two writes by which the holder of a lock shows that it is alive. */
export const LOCK_HEARTBEAT_MS = 15_000;
/** A lock that was not written to for this many milliseconds is abandoned, if its process cannot be examined. */
export const LOCK_ABANDONED_MS = 4 * LOCK_HEARTBEAT_MS;
/** Stands for the token of a lock file that is incomplete or was not written by cosup. */
export const UNREADABLE_TOKEN = "unreadable";

/** The content of a lock file: JSON with these fields. Node and Deno read each other's. */
export interface LockContent {
  readonly pid: number;
  /** Empty in a lock of Deno, which would need `--allow-sys` to know it; the heartbeat alone then decides. */
  readonly hostname: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Hex digits, new each time that a lock is taken. */
  readonly token: string;
  /** The holder also holds the system's lock on the file (Deno): if nobody does, it has ended. */
  readonly advisory?: boolean | undefined;
  /** Boot and pid namespace (Linux): a pid has no meaning outside of them, as in another container of that name. */
  readonly system?: string | null | undefined;
  /** Start of the process in clock ticks since boot (Linux): distinguishes it from a later process with its pid. */
  readonly processStart?: string | null | undefined;
  /** Node's number of the thread; 0 is the main one. */
  readonly threadId?: number | undefined;
  /** The kernel's id of the thread, and its start (Linux): a worker may end long before its process. */
  readonly task?: { readonly id: number; readonly start: string } | null | undefined;
}

/** The text of a lock file. Pid and hostname come first: `isStateFile` recognises a lock by them. */
export function formatLock({ pid, hostname, ...rest }: LockContent): string {
  return JSON.stringify({ pid, hostname, ...rest });
}

/** The content of a lock file; undefined if the text is incomplete or not a lock of cosup. */
export function parseLock(text: string): LockContent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const content = value as Partial<LockContent> | null;
  const usable =
    typeof content === "object" &&
    content !== null &&
    Number.isSafeInteger(content.pid) &&
    Number(content.pid) > 0 &&
    typeof content.hostname === "string" &&
    // The token becomes part of a file name.
    /^[0-9a-f]{1,32}$/.test(content.token ?? "");
  return usable ? (content as LockContent) : undefined;
}
