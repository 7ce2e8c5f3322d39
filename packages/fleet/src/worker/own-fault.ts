import { CosError, ServiceError } from "@cosup/node";
import { FleetError } from "../fleet-error.ts";
import { cosSourceOf } from "../manifest/check-source.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { type Task, transferContext } from "./worker-context.ts";

/** What COS says of keys that are wrong for every request. A plain AccessDenied may be a policy for one object. */
const WRONG_KEYS = ["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidSecretId"];

/**
 * The error with which a worker ends when COS refuses the worker and not the object: its keys are wrong or expired, its clock
 * is, or its region has no such bucket. Every other job would fail in the same way, and another worker may store them all.
 * @param entry of which the request was
 */
export async function ownFaultOf(
  task: Task,
  entry: ManifestEntry,
  error: unknown,
): Promise<FleetError | undefined> {
  const isCopy = cosSourceOf(entry.source) !== undefined;
  const sure = faultOf(error, task.info.bucket);
  // Of a copy, the missing bucket may be that of its source.
  if (sure !== undefined && !(isCopy && sure.code === "bucket-missing")) return sure;
  if (sure === undefined && !isMute(error)) return undefined;
  try {
    await task.worker.executors.openUploads(transferContext(task), entry.key);
    return undefined;
  } catch (refusal) {
    return faultOf(refusal, task.info.bucket);
  }
}

/** Like {@link ownFaultOf}, of a request to the run's bucket whose response has a body. */
export function faultOf(error: unknown, bucket: string): FleetError | undefined {
  if (!(error instanceof CosError)) return undefined;
  const cosCode = error instanceof ServiceError ? error.cosCode : "";
  const given = "; this worker takes no more jobs, and others go on with what it had";
  if (cosCode === "NoSuchBucket") {
    const hint = `there is no bucket ${bucket} in the region of this worker: check its name with the APPID, and the region`;
    return new FleetError("bucket-missing", `${error.message}: ${hint}${given}`, { cause: error });
  }
  const isRefused = error.code === "credentials-expired" || error.code === "clock-skewed";
  if (!isRefused && !WRONG_KEYS.includes(cosCode)) return undefined;
  const hint =
    error.code === "clock-skewed" ? "set the clock of this machine" : "check the keys of this worker";
  return new FleetError("worker-refused", `${error.message}: ${hint}${given}`, { cause: error });
}

/** A refused HEAD has no body that could say why. */
function isMute(error: unknown): boolean {
  return error instanceof ServiceError && error.code === "access-denied" && error.cosCode === "";
}
