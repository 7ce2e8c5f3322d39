import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EmulatorOptions } from "@cosup/emulator";
import { MiB, openRig, PLACE, pattern, type Rig } from "./official-client.ts";

export const BUCKET = PLACE.Bucket;
export const SMALL = pattern(3000);
/** Three parts of 5 MiB, the last one shorter. */
export const LARGE = pattern(11 * MiB);

/** The emulator with a folder for one S3 client: its HOME, and files to upload. */
export interface S3Rig extends Rig {
  readonly home: string;
  readonly url: string;
  /** Paths of files with the bytes SMALL and LARGE. */
  readonly files: { readonly small: string; readonly large: string };
  /** Runs a program with nothing of this process's environment but PATH. Rejects if its status is not 0. */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Buffer>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array;
}

export async function openS3Rig(options: Partial<EmulatorOptions> = {}): Promise<S3Rig> {
  const rig = await openRig(options);
  const home = join(rig.directory, "home");
  const files = { small: join(rig.directory, "small.bin"), large: join(rig.directory, "large.bin") };
  await mkdir(home);
  await writeFile(files.small, SMALL);
  await writeFile(files.large, LARGE);
  const run: S3Rig["run"] = (program, args, { env = {}, stdin } = {}) =>
    output(program, args, { HOME: home, PATH: process.env.PATH ?? "", ...env }, rig.directory, stdin);
  return { ...rig, home, url: `http://127.0.0.1:${rig.port}`, files, run };
}

function output(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
  stdin: Uint8Array | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Where stdin is not given, it is closed: no program may wait for a terminal.
    const child = spawn(program, args, {
      cwd,
      env,
      timeout: 50_000,
      stdio: [stdin ? "pipe" : "ignore", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", reject);
    child.on("close", (status, signal) => {
      if (status === 0) resolve(Buffer.concat(out));
      else reject(new Error(`${program} ${args[0]}: ${status ?? signal}\n${Buffer.concat(errors)}`));
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(stdin);
  });
}

/** The bytes behind a presigned URL of the emulator's own address. */
export async function fetched(url: string): Promise<Buffer> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}
