import { type ConnectionFlags, offlineClient } from "../client.ts";
import { configPath } from "../config/config-path.ts";
import type { Environment } from "../credentials.ts";
import { EXIT } from "../exit-codes.ts";
import { type Finding, failedCheck } from "./doctor-finding.ts";

/** Where the settings come from, and variables that look like settings and are none. */
export function* configFindings(
  { usedProfile, origins, unknownVariables: unknown = [] }: ConnectionFlags,
  env: Environment,
): Generator<Finding, void, undefined> {
  const path = configPath(env);
  const of = usedProfile && `profile '${usedProfile.name}' of ${usedProfile.path}`;
  const values = [...(origins ?? [])].map(([name, origin]) => `${name} from ${origin}`).sort();
  const message = [of ?? `no profile (${path ?? "this user has no home"})`, ...values].join("; ");
  yield { check: "config", status: "ok", message };
  if (unknown.length === 0) return;
  const meant = `no flag has ${unknown.length === 1 ? "this variable" : "these variables"}: ${unknown.join(", ")}`;
  yield {
    check: "config",
    status: "warn",
    message: meant,
    advice: "Compare the names with those of the flags.",
  };
}

/** Whether there is a key pair, and where it comes from. Whether COS knows it is found by a request. */
export async function credentialsFinding({ keys }: ConnectionFlags, signal: AbortSignal): Promise<Finding> {
  if (keys === undefined)
    return {
      check: "credentials",
      status: "fail",
      message: "neither the environment nor a profile has a key pair",
      advice:
        "Set COS_SECRET_ID and COS_SECRET_KEY, and COS_TOKEN for temporary credentials; or run cosup config init.",
      exitCode: EXIT.credentials,
    };
  try {
    if ("problem" in keys) throw keys.problem;
    const asked = "asked" in keys ? await keys.asked.early(signal) : keys.pair;
    const what = asked.Token ? "a temporary key pair" : "a key pair";
    const until = "expiresAt" in asked && asked.expiresAt ? `, until ${timeOf(asked.expiresAt)}` : "";
    return { check: "credentials", status: "ok", message: `${what} from ${keys.origin}${until}` };
  } catch (error) {
    signal.throwIfAborted();
    return failedCheck("credentials", error);
  }
}

function timeOf(value: number | string | Date): string {
  const number = Number(value);
  if (Number.isNaN(number)) return new Date(value).toISOString();
  // Larger numbers are milliseconds, as the client reads them.
  return new Date(number < 1e11 ? number * 1000 : number).toISOString();
}

/** Any bucket's name, for the host that a region leads to. */
const ANY_BUCKET = "doctor-1250000000";

/** Where requests go; `origin` is undefined if that cannot be told. */
export async function endpointFinding(
  flags: ConnectionFlags,
  bucket = ANY_BUCKET,
): Promise<Finding & { readonly origin?: string }> {
  try {
    const client = offlineClient(flags);
    const url = await client.getPresignedUrl({ Bucket: bucket, Key: "probe", Method: "GET", Expired: 60 });
    const { origin } = new URL(url);
    return { check: "endpoint", status: "ok", message: origin, origin };
  } catch (error) {
    return failedCheck("endpoint", error);
  }
}
