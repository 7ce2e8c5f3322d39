import { findVersion } from "../store/history.ts";
import type { Version } from "../store/records.ts";
import type { Call } from "../types.ts";

/** The version id of a request. */
export function versionParameter(call: Call): string | undefined {
  return call.query.get("versionId");
}

/** The version or delete marker that a request addresses: that of its version id, or the latest. */
export function addressedVersion(call: Call): Version | undefined {
  const history = call.bucket.objects.versions(call.key);
  const versionId = versionParameter(call);
  return versionId === undefined ? history[0] : findVersion(history, versionId);
}
