import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type RunningEmulator, type StartOptions, startEmulator } from "@cosup/emulator";
import { ArgumentTypeError, checkUpload } from "@cosup/node";
import { ownEnvironment } from "../credentials.ts";
import { requestLine } from "../display/request-line.ts";
import { exitWithParent } from "../exit-with-parent.ts";
import { writeResult } from "../output.ts";
import { banner } from "./emulator-banner.ts";
import { explainFaults, explainStart, type StartError } from "./emulator-errors.ts";
import { type FaultFlags, installFaults, type RequestedFaults, requestedFaults } from "./emulator-faults.ts";
import { type EmulatorKey, emulatorKey, type KeyFlags } from "./emulator-keys.ts";
import { type LinkFlags, linkOf } from "./emulator-link.ts";

/** The flags of `cosup emulator`, as commander parses them. */
export interface EmulatorFlags extends KeyFlags, LinkFlags, FaultFlags {
  readonly port: number;
  readonly host: string;
  readonly data?: string;
  readonly memory?: boolean;
  readonly bucket: readonly string[];
  readonly region?: string;
  readonly minPartSize?: number;
  readonly verbose?: boolean;
  readonly cors?: boolean;
  readonly tls?: boolean;
}

/** Runs `cosup emulator`, a local COS server, until SIGINT, SIGTERM or SIGHUP. Returns the exit code. */
export async function emulate(flags: EmulatorFlags): Promise<number> {
  for (const bucket of flags.bucket) checkUpload({ Bucket: bucket });
  const stopped = new Promise<void>((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => resolve());
  });
  exitWithParent();
  const data = dataDirectory(flags);
  const requested = await requestedFaults(flags);
  const key = await emulatorKey(flags, flags.host);
  const options = startOptions(flags, data, key);
  const running = await startEmulator(options).catch((error: StartError) => {
    throw explainStart(error, flags);
  });
  const finishFaults = await installOrClose(running, requested);
  const authority = running.ca === undefined ? undefined : await writeAuthority(running.ca);
  const facts = { key, data, authority, faults: flags.faults !== undefined };
  for (const line of banner(running, facts)) writeResult(line);
  await stopped;
  await running.close();
  for (const line of await finishFaults()) writeResult(line);
  if (authority !== undefined) await rm(dirname(authority), { recursive: true, force: true });
  return 0;
}

function startOptions(flags: EmulatorFlags, data: string | undefined, key: EmulatorKey): StartOptions {
  const { region, minPartSize, faults } = flags;
  const link = linkOf(flags);
  const controlToken = ownEnvironment().COSUP_CONTROL_TOKEN || undefined;
  return {
    port: flags.port,
    host: flags.host,
    ...(data === undefined ? {} : { data }),
    buckets: flags.bucket,
    credentials: [key.credentials],
    ...(region === undefined ? {} : { region }),
    ...(minPartSize === undefined ? {} : { minPartSize }),
    // Without a script, the console may still switch faults on.
    faults: faults ?? true,
    ...(link === undefined ? {} : { link }),
    ...(flags.cors === true ? { cors: true } : {}),
    ...(flags.tls === true ? { tls: true } : {}),
    ...(controlToken === undefined ? {} : { controlToken }),
    ...(flags.verbose === true ? { onRequest: (entry) => writeResult(requestLine(entry)) } : {}),
  };
}

/** A wrong seed or recording ends the emulator. */
async function installOrClose(
  running: RunningEmulator,
  requested: RequestedFaults,
): Promise<ReturnType<typeof installFaults>> {
  try {
    return installFaults(running, requested);
  } catch (error) {
    await running.close();
    throw explainFaults(error);
  }
}

/** Undefined: in memory. */
function dataDirectory({ data, memory }: EmulatorFlags): string | undefined {
  if (memory !== true) return data ?? "./cosup-data";
  if (data === undefined) return undefined;
  throw new ArgumentTypeError("--memory", "excludes --data: give one or the other");
}

/** Writes the certificate that clients must trust to a file of its own. It is useless after this run. */
async function writeAuthority(pem: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "cosup-emulator-")), "ca.pem");
  await writeFile(path, pem);
  return path;
}
