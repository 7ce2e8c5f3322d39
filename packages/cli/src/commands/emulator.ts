import { startEmulator } from "@cosup/emulator";
import { ArgumentTypeError, bucketName } from "@cosup/node";
import { ownEnvironment, requireCredentials } from "../credentials.ts";
import { exitWithParent } from "../exit-with-parent.ts";
import { writeResult } from "../output.ts";

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
  readonly faults?: string;
}

/** `cosup emulator`: a local COS, until a signal ends it. */
export async function emulate(flags: EmulatorFlags): Promise<number> {
  for (const bucket of flags.bucket) bucketName(bucket, "Bucket");
  const stopped = new Promise<void>((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => resolve());
  });
  exitWithParent();
  const { region, minPartSize, faults } = flags;
  const running = await startEmulator({
    port: flags.port,
    host: flags.host,
    data: flags.data,
    buckets: flags.bucket,
    credentials: [keyPair(flags)],
    ...(region === undefined ? {} : { region }),
    ...(minPartSize === undefined ? {} : { minPartSize }),
    ...(faults === undefined ? {} : { faults }),
    ...(flags.verbose === true ? { log: writeResult } : {}),
  }).catch((error: NodeJS.ErrnoException) => {
    // A mistake in the script is a mistake in the arguments.
    if (error.name === "FaultScriptError") throw new ArgumentTypeError("--faults", error.message);
    if (error.code !== "EADDRINUSE") throw error;
    throw new Error(
      `port ${flags.port} of ${flags.host} is in use: choose another with --port, or 0 for any`,
    );
  });
  writeResult(`cosup emulator listening on ${running.url} (${flags.bucket.join(", ")})`);
  await stopped;
  await running.close();
  return 0;
}

/** The pair from the flags, else from the environment: the one that the uploads will be signed with. */
function keyPair({ secretId, secretKey }: EmulatorFlags): { secretId: string; secretKey: string } {
  if ((secretId === undefined) !== (secretKey === undefined)) {
    throw new ArgumentTypeError("SecretId", "--secret-id and --secret-key are needed both");
  }
  if (secretId !== undefined && secretKey !== undefined) return { secretId, secretKey };
  const { SecretId, SecretKey } = requireCredentials(ownEnvironment());
  return { secretId: SecretId, secretKey: SecretKey };
}
