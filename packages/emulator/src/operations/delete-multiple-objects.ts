import { denied } from "../auth/fields.ts";
import { mayDelete } from "../auth/policy/check-policy.ts";
import { CosErrorResponse } from "../errors.ts";
import { receiveDocument } from "../request/receive.ts";
import { idOf, isMarker } from "../store/history.ts";
import type { DeleteMarker } from "../store/records.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { children, malformed, parseDocument, textOf } from "../xml/parse.ts";
import { element, type Markup } from "../xml/render.ts";
import { xml } from "./respond.ts";

interface Wanted {
  readonly key: string;
  readonly versionId: string | undefined;
}

const MAX_KEYS = 1000;

/** POST /?delete: up to 1000 keys. Absent keys count as deleted, as with a single deletion. */
export async function deleteMultipleObjects(call: Call): Promise<EmulatorResponse> {
  if (call.header("content-md5") === undefined) {
    throw new CosErrorResponse("InvalidRequest", "Missing required header for this request: Content-MD5");
  }
  const root = parseDocument(await receiveDocument(call), "Delete");
  const wanted = children(root, "Object").map((node) => {
    const key = textOf(node, "Key");
    if (!key) throw malformed();
    // Official clients send an empty element for "no version".
    return { key, versionId: textOf(node, "VersionId") || undefined };
  });
  if (wanted.length === 0 || wanted.length > MAX_KEYS) throw malformed();

  const deleted: Markup[] = [];
  const failed: Markup[] = [];
  for (const item of wanted) {
    if (mayDelete(call, item.key)) deleted.push(element("Deleted", await deleteOne(call, item)));
    else failed.push(refusedElement(item));
  }
  // Quiet lists only the keys that failed.
  const listed = textOf(root, "Quiet") === "true" ? failed : [...deleted, ...failed];
  return xml(element("DeleteResult", listed));
}

function refusedElement({ key, versionId }: Wanted): Markup {
  return element("Error", [
    element("Key", key),
    ...(versionId === undefined ? [] : [element("VersionId", versionId)]),
    element("Code", "AccessDenied"),
    element("Message", denied().message),
  ]);
}

/** Deletes one object or version, and returns what the response says of it. */
async function deleteOne(call: Call, { key, versionId }: Wanted): Promise<Markup[]> {
  const { objects } = call.bucket;
  if (versionId === undefined) {
    const marker = await objects.remove(key, call.now);
    return [element("Key", key), ...(marker ? markerElements(marker) : [])];
  }
  const version = await objects.removeVersion(key, versionId);
  const marker = version && isMarker(version) ? markerElements(version) : [];
  return [element("Key", key), ...marker, element("VersionId", versionId)];
}

function markerElements(marker: DeleteMarker): Markup[] {
  return [element("DeleteMarker", true), element("DeleteMarkerVersionId", idOf(marker))];
}
