import { denied } from "../auth/fields.ts";
import { mayDelete } from "../auth/policy/check-policy.ts";
import { CosErrorResponse } from "../errors.ts";
import { keyRefusal } from "../request/check-limits.ts";
import { receiveDocument } from "../request/receive.ts";
import { idOf, isMarker } from "../store/history.ts";
import type { DeleteMarker } from "../store/records.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { type Content, children, holdsOnly, malformed, textOf, wordOf } from "../xml/parse.ts";
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
  const { wanted, quiet } = readDelete(await receiveDocument(call, "Delete"));
  const deleted: Markup[] = [];
  const failed: Markup[] = [];
  for (const item of wanted) {
    const refusal = refusalOf(call, item);
    if (refusal) failed.push(refusedElement(item, refusal));
    else deleted.push(element("Deleted", await deleteOne(call, item)));
  }
  // Quiet lists only the keys that failed.
  const listed = quiet ? failed : [...deleted, ...failed];
  return xml(element("DeleteResult", listed));
}

/** Of the document, anything that is not understood could be a condition, such as the id of a version. */
function readDelete(root: Content): { readonly wanted: readonly Wanted[]; readonly quiet: boolean } {
  holdsOnly(root, ["Object", "Quiet"]);
  const wanted = children(root, "Object").map((node) => {
    holdsOnly(node, ["Key", "VersionId"]);
    const key = textOf(node, "Key");
    if (!key) throw malformed();
    // Official clients send an empty element for "no version".
    return { key, versionId: textOf(node, "VersionId") || undefined };
  });
  if (wanted.length === 0 || wanted.length > MAX_KEYS) throw malformed();
  return { wanted, quiet: wordOf(root, "Quiet") === "true" };
}

/** Why a key must not be deleted: no object can have it, or a policy forbids it. */
function refusalOf(call: Call, { key, versionId }: Wanted): CosErrorResponse | undefined {
  return keyRefusal(key) ?? (mayDelete(call, key, versionId) ? undefined : denied());
}

function refusedElement({ key, versionId }: Wanted, { code, message }: CosErrorResponse): Markup {
  return element("Error", [
    element("Key", key),
    ...(versionId === undefined ? [] : [element("VersionId", versionId)]),
    element("Code", code),
    element("Message", message),
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
