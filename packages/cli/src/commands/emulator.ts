import { startEmulator } from "@cosup/emulator";
import { checkUpload } from "@cosup/node";
import { ownEnvironment } from "../credentials.ts";
import { exitWithParent } from "../exit-with-parent.ts";
import { writeResult } from "../output.ts";
import { explainStart, type StartError } from "./emulator-errors.ts";
import { emulatorKey, type KeyFlags } from "./emulator-keys.ts";

/** The flags of `cosup emulator`, as commander parses them. */
export interface EmulatorFlags extends KeyFlags {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly bucket: readonly string[];
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
  const key = await emulatorKey(flags);
  const controlToken = ownEnvironment().COSUP_CONTROL_TOKEN || undefined;
  const running = await startEmulator({
    port: flags.port,
    host: flags.host,
    data: flags.data,
    buckets: flags.bucket,
    credentials: [key.credentials],
    ...(region === undefined ? {} : { region }),
    ...(minPartSize === undefined ? {} : { minPartSize }),
    ...(faults === undefined ? {} : { faults }),
    ...(flags.cors === true ? { cors: true } : {}),
    ...(controlToken === undefined ? {} : { controlToken }),
    ...(flags.verbose === true ? { log: writeResult } : {}),
  }).catch((error: StartError) => {
    throw explainStart(error, flags);
  });
  writeResult(`cosup emulator listening on ${running.url} (${running.buckets.join(", ")})`);
  if (key.generated) {
    const { secretId, secretKey } = key.credentials;
    writeResult(`key of this run: COS_SECRET_ID=${secretId} COS_SECRET_KEY=${secretKey}`);
  }
  if (faults !== undefined) {
    writeResult(`control API ${running.url}/_cosup/faults/{run} (x-cosup-token: ${running.controlToken})`);
  }
  await stopped;
  await running.close();
  return 0;
}
