import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import type { Sandbox } from "./sandbox.ts";

/** What a command printed. `lines` has stdout and stderr in the order in which they came. */
export interface Output {
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Long, because a busy machine runs dozens of tests at once. */
const TIMEOUT_MS = 540_000;

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The path of a file that is its stdin. */
  readonly input?: string;
}

/** Runs a command until it ends, or for at most nine minutes. */
export function runCommand(
  command: string,
  args: readonly string[],
  { env, cwd, input }: RunOptions = {},
): Promise<Output> {
  const child: ChildProcess = spawn(command, args, {
    cwd,
    env: env ?? process.env,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const killer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  if (input !== undefined && child.stdin !== null) {
    child.stdin.on("error", () => {});
    createReadStream(input).pipe(child.stdin);
  }
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (chunk: string) => {
      texts[name] += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(killer);
      resolve({ code: code ?? signal, ...texts });
    });
  });
}

/** Runs a command in a sandbox; `input` is a file of it. */
export function runInSandbox(
  sandbox: Sandbox,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Output> {
  const input = `${sandbox.folder}/input.bin`;
  return runCommand(command, args, { cwd: sandbox.folder, env: { ...sandbox.env, ...env }, input });
}

/** What each program of a page printed, by the separators of the runner. */
export function splitOutput(text: string): Map<string, string> {
  const sections = text.split("\n\u001e").slice(1);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end), section.slice(end + 1)];
    }),
  );
}
