import { CosErrorResponse } from "../errors.ts";
import { receiveDocument } from "../request/receive.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { children, malformed, parseDocument, textOf } from "../xml/parse.ts";
import { element } from "../xml/render.ts";
import { xml } from "./respond.ts";

const MAX_KEYS = 1000;

/** POST /?delete: up to 1000 keys. Absent keys count as deleted, as with a single deletion. */
export async function deleteMultipleObjects(call: Call): Promise<EmulatorResponse> {
  const { objects } = call.bucket;
  if (call.header("content-md5") === undefined) {
    throw new CosErrorResponse("InvalidRequest", "Missing required header for this request: Content-MD5");
  }
  const root = parseDocument(await receiveDocument(call), "Delete");
  const keys = children(root, "Object").map((node) => {
    const key = textOf(node, "Key");
    if (!key) throw malformed();
    return key;
  });
  if (keys.length === 0 || keys.length > MAX_KEYS) throw malformed();

  for (const key of keys) await objects.remove(key);
  // Quiet lists only the keys that failed, and here no key fails.
  const listed = textOf(root, "Quiet") === "true" ? [] : keys;
  return xml(
    element(
      "DeleteResult",
      listed.map((key) => element("Deleted", [element("Key", key)])),
    ),
  );
}
