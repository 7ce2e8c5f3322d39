import { receiveDocument } from "../request/receive.ts";
import type { Versioning } from "../store/records.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { type Content, malformed, wordOf } from "../xml/parse.ts";
import { element } from "../xml/render.ts";
import { empty, xml } from "./respond.ts";

/** GET /?versioning: Enabled or Suspended; an empty document where it was never enabled. */
export async function getBucketVersioning(call: Call): Promise<EmulatorResponse> {
  const { versioning } = call.bucket.record;
  return xml(element("VersioningConfiguration", versioning ? [element("Status", versioning)] : []));
}

/** PUT /?versioning: enables or suspends it. Once enabled, it can only be suspended. */
export async function putBucketVersioning(call: Call): Promise<EmulatorResponse> {
  const { bucket } = call;
  const versioning = statusIn(await receiveDocument(call, "VersioningConfiguration"));
  await bucket.configure((present) => ({ ...present, versioning }));
  return empty(200);
}

function statusIn(root: Content): Versioning {
  const status = wordOf(root, "Status");
  if (status !== "Enabled" && status !== "Suspended") throw malformed();
  return status;
}
