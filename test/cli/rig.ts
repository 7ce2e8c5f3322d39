import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type Middleware, startEmulator } from "@cosup/emulator";
import { crc64Of } from "../fixtures/crc64.ts";
import { pseudoRandomBytes } from "../fixtures/pseudo-random.ts";

export const BUCKET = "demo-1250000000";
export const SECRET_ID = "AKIDtestonly0123456789abcdefghij";
export const SECRET_KEY = "keytestonly0123456789ABCDEFGHIJ";
export const MiB = 1024 * 1024;
/** The program. */
export const SCRIPT = fileURLToPath(new URL("../../packages/cli/bin/cosup.js", import.meta.url));

export interface Run {
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
}

/** A cosup process whose output is read while it runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Run>;
  /** Resolves when a line of stdout matches. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when a line of stderr matches. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
}

/** A folder, an emulator, and the environment variables that point to it. */
export interface Rig {
  readonly folder: string;
  readonly port: number;
  /** `OPERATION key` of each request that reached the emulator. */
  readonly requests: string[];
  readonly env: Readonly<Record<string, string>>;
  start(words: readonly string[], options?: RunOptions): Running;
  run(words: readonly string[], options?: RunOptions): Promise<Run>;
  /** Writes a file of pseudo-random bytes; returns its path. */
  file(name: string, bytes: number): Promise<string>;
  close(): Promise<void>;
}

/** @param middleware of the emulator, for faults of COS */
export async function openRig(middleware: readonly Middleware[] = []): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), "cosup-cli-"));
  const requests: string[] = [];
  const note: Middleware = (call, next) => {
    requests.push(`${call.operation} ${call.key}`);
    return next();
  };
  const emulator = await startEmulator({
    data: join(folder, "cos"),
    // Two, because one alone is also addressed by paths that name no bucket.
    buckets: [BUCKET, "spare-1250000000"],
    credentials: [{ secretId: SECRET_ID, secretKey: SECRET_KEY }],
    middleware: [note, ...middleware],
  });
  const env = {
    COS_SECRET_ID: SECRET_ID,
    COS_SECRET_KEY: SECRET_KEY,
    COS_REGION: "ap-guangzhou",
    COS_ENDPOINT: `http://127.0.0.1:${emulator.port}/{Bucket}`,
    COSUP_STATE_DIR: join(folder, "state"),
  };
  const start = (words: readonly string[], options: RunOptions = {}): Running =>
    startCosup(words, { cwd: folder, ...options, env: { ...env, ...options.env } });
  return {
    folder,
    port: emulator.port,
    requests,
    env,
    start,
    run: (words, options) => start(words, options).ended,
    file: (name, bytes) => writeRandom(join(folder, name), bytes),
    close: async () => {
      await emulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts cosup with these environment variables and no other cosup variables. */
export function startCosup(words: readonly string[], options: RunOptions): Running {
  return startProcess(process.execPath, [SCRIPT, ...words], options);
}

/** Starts cosup through npx, as scripts do. */
export function startNpx(words: readonly string[], options: RunOptions): Running {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  // npm would keep its logs in the repository, which is this process's home.
  const env = { ...options.env, npm_config_cache: join(tmpdir(), "cosup-test-npm") };
  return startProcess("npx", ["--no-install", "cosup", ...words], { ...options, env, cwd });
}

/** Starts a command line, as a user would paste it. */
export function startShell(command: string, options: RunOptions): Running {
  return startProcess("/bin/sh", ["-c", command], options);
}

/** Starts a program with these variables and no others. */
export function startProcess(
  program: string,
  words: readonly string[],
  { env, cwd, input }: RunOptions,
): Running {
  const child = spawn(program, words, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A program that does not read its stdin closes it.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const lines = {
    stdout: createInterface({ input: child.stdout }),
    stderr: createInterface({ input: child.stderr }),
  };
  const closed = new Promise<Run["code"]>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(
    ([code, stdout, stderr]): Run => ({ code, stdout, stderr }),
  );
  const lineOf = (stream: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      lines[stream].on("line", (one) => {
        const match = pattern.exec(one);
        if (match !== null) resolve(match);
      });
      void ended.then((run) => reject(new Error(`ended without ${pattern}: ${JSON.stringify(run)}`)));
    });
  return {
    child,
    ended,
    line: (pattern) => lineOf("stdout", pattern),
    said: (pattern) => lineOf("stderr", pattern),
  };
}

export interface JsonLine {
  readonly type?: string;
  readonly [name: string]: unknown;
}

export function jsonLines(run: Run): JsonLine[] {
  return run.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as JsonLine);
}

/** The last line of stdout, which is the summary. */
export function summaryOf(run: Run): JsonLine {
  return jsonLines(run).at(-1) ?? {};
}

/** Pseudo-random bytes, the same in every run and different for each `name`. */
export function randomBytes(length: number, name = ""): Uint8Array<ArrayBuffer> {
  const state = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 0x2545f491) || 1;
  return pseudoRandomBytes(length, state);
}

async function writeRandom(path: string, length: number): Promise<string> {
  await writeFile(path, randomBytes(length, path));
  return path;
}

/** The CRC64 of a file, by other code than cosup's. */
export function crc64OfFile(path: string): Promise<string> {
  return crc64Of(createReadStream(path));
}

/** Delays every part, so that an upload can be interrupted. */
export function slowParts(milliseconds: number): Middleware {
  return async (call, next) => {
    if (call.operation === "UploadPart") await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return next();
  };
}
