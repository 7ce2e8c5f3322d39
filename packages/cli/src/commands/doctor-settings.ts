import { type ConnectionFlags, offlineClient } from "../client.ts";
import { type Environment, findCredentials } from "../credentials.ts";
import { EXIT } from "../exit-codes.ts";
import { type Finding, failedCheck } from "./doctor-finding.ts";

/** Whether there is a key pair. Whether COS knows it is found by a request. */
export function credentialsFinding(env: Environment): Finding {
  try {
    const found = findCredentials(env);
    if (found === undefined)
      return {
        check: "credentials",
        status: "fail",
        message: "the environment has no key pair",
        advice: "Set COS_SECRET_ID and COS_SECRET_KEY, and COS_TOKEN for temporary credentials.",
        exitCode: EXIT.credentials,
      };
    const message = found.Token === undefined ? "a key pair is set" : "a temporary key pair is set";
    return { check: "credentials", status: "ok", message };
  } catch (error) {
    return failedCheck("credentials", error);
  }
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
