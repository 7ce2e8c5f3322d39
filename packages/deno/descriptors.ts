import { onAbort } from "@cosup/core";

/** With the waits below, about 6 s until the process's or the system's file descriptors are given up on. */
const ATTEMPTS = 12;
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1_000;

/**
 * Runs an action that opens a file; while no descriptor is free (EMFILE, ENFILE), waits and tries again. Others in
 * the process close theirs sooner or later, so that a full table is a reason to wait, not to fail an upload.
 */
export async function withDescriptor<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      if (!isTableFull(error) || attempt === ATTEMPTS) throw error;
    }
    const longest = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
    // Between half of it and all of it: thousands of waiting files must not come back at the same instant.
    await waitFor(longest * (0.5 + Math.random() / 2), signal);
  }
}

/** Deno has no class of its own for a full table. */
export function isTableFull(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EMFILE" || code === "ENFILE";
}

function waitFor(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const done = (settle: () => void): void => {
      clearTimeout(timer);
      stop();
      settle();
    };
    const timer = setTimeout(() => done(resolve), delayMs);
    const stop = onAbort(signal, () => done(() => reject(signal?.reason)));
  });
}
