import { startEmulator } from "@cosup/emulator";
import { ArgumentTypeError, checkUpload } from "@cosup/node";
import { ownEnvironment, requireCredentials } from "../credentials.ts";
import { exitWithParent } from "../exit-with-parent.ts";
import { writeResult } from "../output.ts";

/** The flags of `cosup emulator`, as commander parses them. */
export interface EmulatorFlags {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly bucket: readonly string[];
  readonly secretId?: string;
  readonly secretKey?: string;
  readonly region?: string;
  readonly minPartSize?: number;
  readonly verbose?: boolean;
  readonly cors?: boolean;
  readonly faults?: string;
}

/** Runs `cosup emulator`, a local COS server, until SIGINT or SIGTERM. Returns the exit code. */
export async function emulate(flags: EmulatorFlags): Promise<number> {
  for (const bucket of flags.bucket) checkUpload({ Bucket: bucket });
  const stopped = new Promise<void>((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => resolve());
  });
  exitWithParent();
  const { region, minPartSize, faults } = flags;
  const controlToken = ownEnvironment().COSUP_CONTROL_TOKEN || undefined;
  const running = await startEmulator({
    port: flags.port,
    host: flags.host,
    data: flags.data,
    buckets: flags.bucket,
    credentials: [keyPair(flags)],
    ...(region === undefined ? {} : { region }),
    ...(minPartSize === undefined ? {} : { minPartSize }),
    ...(faults === undefined ? {} : { faults }),
    ...(flags.cors === true ? { cors: true } : {}),
    ...(controlToken === undefined ? {} : { controlToken }),
    ...(flags.verbose === true ? { log: writeResult } : {}),
  }).catch((error: NodeJS.ErrnoException) => {
    throw startError(error, flags);
  });
  writeResult(`cosup emulator listening on ${running.url} (${flags.bucket.join(", ")})`);
  if (faults !== undefined) {
    writeResult(`control API ${running.url}/_cosup/faults/{run} (x-cosup-token: ${running.controlToken})`);
  }
  await stopped;
  await running.close();
  return 0;
}

/** Explains the two failures that a user can correct: a wrong fault script and a port that is in use. */
function startError(error: NodeJS.ErrnoException, { host, port }: EmulatorFlags): Error {
  if (error.name === "FaultScriptError") return new ArgumentTypeError("--faults", error.message);
  if (error.code !== "EADDRINUSE") return error;
  return new Error(
    `port ${port} of ${host} is in use: choose another port with --port, or 0 for any free port`,
  );
}

/** The key pair of the flags, or else of the environment. Requests to the emulator must be signed with it. */
function keyPair({ secretId, secretKey }: EmulatorFlags): { secretId: string; secretKey: string } {
  if ((secretId === undefined) !== (secretKey === undefined)) {
    throw new ArgumentTypeError("SecretId", "--secret-id and --secret-key must be given together");
  }
  if (secretId !== undefined && secretKey !== undefined) return { secretId, secretKey };
  const { SecretId, SecretKey } = requireCredentials(ownEnvironment());
  return { secretId: SecretId, secretKey: SecretKey };
}
