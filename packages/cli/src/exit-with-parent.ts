import { readFileSync } from "node:fs";

const CHECK_INTERVAL_MS = 250;

/**
 * Sends SIGTERM to this process when the npx that started it ends. npx starts cosup through a shell that does not
 * forward signals, so a killed npx would leave cosup running with its port or its checkpoint lock.
 */
export function exitWithParent(env: Readonly<Record<string, string | undefined>> = process.env): void {
  if (env.npm_command !== "exec") return;
  const shell = process.ppid;
  const npx = parentOf(shell);
  const timer = setInterval(() => {
    // SIGTERM ends npx and its shell. SIGKILL ends only npx, and the shell gets another parent.
    if (process.ppid === shell && parentOf(shell) === npx) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, CHECK_INTERVAL_MS);
  timer.unref();
}

/** Undefined without procfs (macOS, Windows); a SIGKILL of npx is not detected there. */
function parentOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program name stands in parentheses and may contain spaces; see proc(5).
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
