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
  // An id that no version has is text of the request, which does not belong in a header.
  if (!call.bucket.record.versioning || !version) return empty(204);
  return empty(204, { "x-cos-version-id": idOf(version), ...(isMarker(version) && MARKER) });
}
