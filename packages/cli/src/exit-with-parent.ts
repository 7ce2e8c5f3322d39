import { readFileSync } from "node:fs";

const LOOK_MS = 250;

/**
 * npx starts us through a shell that passes no signal on: killing npx would leave us behind, with the port or the
 * checkpoint's lock in our hands. So when npx is gone, we end as if we had got its SIGTERM.
 */
export function exitWithParent(env: Readonly<Record<string, string | undefined>> = process.env): void {
  if (env.npm_command !== "exec") return;
  const shell = process.ppid;
  const npx = parentOf(shell);
  const timer = setInterval(() => {
    // Killed with SIGTERM, npx takes its shell along; with SIGKILL, the shell gets another parent.
    if (process.ppid === shell && parentOf(shell) === npx) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_MS);
  timer.unref();
}

/** Undefined where there is no procfs; then a SIGKILL of npx goes unnoticed. */
function parentOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name, in parentheses, may itself hold spaces; see proc(5).
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
