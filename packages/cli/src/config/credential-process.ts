import { type ChildProcess, spawn } from "node:child_process";
import type { Credentials } from "@cosup/node";
import { CredentialsError } from "../credentials.ts";
import { readTemporaryKeys } from "./temporary-keys.ts";

const TIMEOUT_MS = 60_000;
/** Keys are a few hundred bytes. */
const MOST_BYTES = 64 * 1024;

/** A command for the shell, or a program and its arguments. */
export type ProcessCommand = string | readonly string[];

/**
 * Runs a program that prints temporary keys as JSON on stdout. It has no stdin, and its stderr is that of cosup.
 * @param source names the command in messages
 * @throws {CredentialsError} it cannot be started, fails, takes too long, or prints something else
 */
export async function keysOfProcess(
  command: ProcessCommand,
  source: string,
  timeoutMs = TIMEOUT_MS,
): Promise<Credentials> {
  return readTemporaryKeys(await outputOf(command, source, timeoutMs), `the output of ${source}`);
}

function outputOf(command: ProcessCommand, source: string, timeoutMs: number): Promise<string> {
  const isShell = typeof command === "string";
  const [program = "", ...words] = isShell ? [command] : command;
  return new Promise((resolve, reject) => {
    // A command of the shell is a process group of its own, so that it ends together with what it has started. A list is
    // not, so that the program can ask for a password on the terminal.
    const isGroup = isShell && process.platform !== "win32";
    const child = started(program, words, isShell, isGroup, source);
    const stop = (): void => killAll(child, isGroup);
    const end = (problem: string | undefined): void => {
      clearTimeout(timer);
      process.off("exit", stop);
      if (problem === undefined) {
        resolve(Buffer.concat(chunks).toString());
        return;
      }
      stop();
      // A program that the command has started may keep the pipe open.
      child.stdout?.destroy();
      reject(new CredentialsError(`${source} ${problem}`));
    };
    const timer = setTimeout(() => end(`did not end within ${timeoutMs / 1000} s`), timeoutMs);
    process.once("exit", stop);
    const chunks = collectOutput(child, end);
    child.once("error", (error: NodeJS.ErrnoException) => end(startFailure(program, error)));
    child.once("close", (code, signal) => {
      if (code === 0) end(undefined);
      else if (code === null) end(`was ended by ${signal}`);
      else end(`failed with exit code ${code}${shellAdvice(code, isShell)}`);
    });
  });
}

/** @throws {CredentialsError} `spawn()` throws, as it does for a path through a file; other failures come as an event */
function started(
  program: string,
  words: readonly string[],
  isShell: boolean,
  isGroup: boolean,
  source: string,
): ChildProcess {
  try {
    return spawn(program, words, {
      stdio: ["ignore", "pipe", "inherit"],
      shell: isShell,
      detached: isGroup,
      windowsHide: true,
    });
  } catch (error) {
    throw new CredentialsError(`${source} ${startFailure(program, error as NodeJS.ErrnoException)}`);
  }
}

function killAll(child: ChildProcess, isGroup: boolean): void {
  if (!isGroup || child.pid === undefined) {
    child.kill("SIGKILL");
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Everything in it has ended.
  }
}

function collectOutput(child: ChildProcess, end: (problem: string) => void): Buffer[] {
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) end("printed more than 64 KiB");
    else chunks.push(chunk);
  });
  return chunks;
}

function startFailure(program: string, { code }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return `names the program '${program}', which was not found`;
  // Of a name without a path it can also mean that a folder of PATH may not be searched.
  const found = /[/\\]/.test(program) ? "" : "was not found, or ";
  if (code === "EACCES") return `names the program '${program}', which ${found}may not be executed`;
  return `cannot be started: ${code}`;
}

/** What shells say about a program that they cannot start is on stderr, with its name. */
function shellAdvice(code: number, isShell: boolean): string {
  if (!isShell) return "";
  if (code === 127) return ": the shell did not find the program";
  return code === 126 ? ": the shell may not execute the program" : "";
}
