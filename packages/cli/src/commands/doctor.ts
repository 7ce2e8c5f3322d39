import { ArgumentTypeError } from "@cosup/node";
import { type ConnectionFlags, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { EXIT } from "../exit-codes.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { type Location, parseLocation } from "../location.ts";
import { writeJson, writeResult } from "../output.ts";
import { connectionFindings } from "./doctor-connection.ts";
import type { Finding } from "./doctor-finding.ts";
import { deleteProbe, listFinding, putProbe } from "./doctor-permissions.ts";
import { configFindings, credentialsFinding, endpointFinding } from "./doctor-settings.ts";

/** The flags of `cosup doctor`, as commander parses them. */
export interface DoctorFlags extends ConnectionFlags {
  readonly write?: boolean;
  readonly json?: boolean;
}

/** Runs `cosup doctor`: checks each thing that a request needs. Returns the exit code of the first failure. */
export async function doctor(target: string | undefined, flags: DoctorFlags): Promise<number> {
  const location = target === undefined ? undefined : parseLocation(target);
  if (flags.write === true && location === undefined)
    throw new ArgumentTypeError("write", "needs cos://BUCKET, where the probe object is written");
  const counts = { ok: 0, warn: 0, fail: 0 };
  let exitCode: number = EXIT.done;
  for await (const finding of diagnose(location, flags, abortOnInterrupt())) {
    counts[finding.status] += 1;
    if (exitCode === EXIT.done && finding.status === "fail") exitCode = finding.exitCode ?? EXIT.failed;
    print(finding, flags.json === true);
  }
  if (flags.json === true) writeJson({ type: "summary", ...counts });
  return exitCode;
}

/** The checks in the order in which a request needs them. What depends on a failed one is left out. */
async function* diagnose(
  location: Location | undefined,
  flags: DoctorFlags,
  signal: AbortSignal,
): AsyncGenerator<Finding, void, undefined> {
  yield* configFindings(flags, ownEnvironment());
  const credentials = await credentialsFinding(flags, signal);
  yield location === undefined && credentials.status === "ok"
    ? {
        ...credentials,
        advice: "Whether COS knows it is not asked without a bucket: cosup doctor cos://BUCKET.",
      }
    : credentials;
  const { origin, ...endpoint } = await endpointFinding(flags, location?.bucket);
  yield endpoint;
  if (origin === undefined) return;
  let reached = true;
  for await (const finding of connectionFindings(new URL(origin), flags, signal)) {
    yield finding;
    if (finding.status === "fail" && finding.check !== "clock") reached = false;
  }
  if (location === undefined || credentials.status === "fail" || !reached) return;
  // Few attempts: what fails now is what is to be found.
  const client = openClient({ ...flags, maxAttempts: flags.maxAttempts ?? 2 }, ownEnvironment());
  try {
    yield await listFinding(client, location, signal);
    if (flags.write !== true) return;
    const { probe, ...put } = await putProbe(client, location, signal);
    yield put;
    if (probe !== undefined) yield await deleteProbe(client, probe);
  } finally {
    await client.close();
  }
}

function print({ check, status, message, advice }: Finding, json: boolean): void {
  if (json) {
    writeJson({ type: "finding", check, status, message, advice });
    return;
  }
  writeResult(`${status.padEnd(4)}  ${check.padEnd(11)}  ${message}`);
  if (advice !== undefined) writeResult(`${" ".repeat(19)}${advice}`);
}
