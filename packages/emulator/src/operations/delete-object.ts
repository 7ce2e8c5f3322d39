import { versionParameter } from "../request/addressed-version.ts";
import { idOf, isMarker } from "../store/history.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { versionHeader } from "./object-access.ts";
import { empty } from "./respond.ts";

const MARKER = { "x-cos-delete-marker": "true" };

/** DELETE /{key}: 204 whether or not there was an object. With versioning it adds a delete marker. */
export async function deleteObject(call: Call): Promise<EmulatorResponse> {
  const { objects } = call.bucket;
  const versionId = versionParameter(call);
  if (versionId === undefined) {
    const marker = await objects.remove(call.key, call.now);
    return empty(204, marker && { ...MARKER, ...versionHeader(marker) });
  }
  const version = await objects.removeVersion(call.key, versionId);
  if (!call.bucket.record.versioning) return empty(204);
  const id = { "x-cos-version-id": version ? idOf(version) : versionId };
  return empty(204, { ...id, ...(version && isMarker(version) && MARKER) });
}
