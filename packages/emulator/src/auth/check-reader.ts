import { isPublic } from "../request/acl.ts";
import type { Call } from "../types.ts";
import { denied } from "./fields.ts";

/** Refuses an anonymous caller everything but reads of public objects. */
export function checkReader(call: Call): void {
  if (call.caller.kind === "signed" || call.settings.anonymous) return;
  const name = call.address.bucket;
  const bucket = name === undefined ? undefined : call.store.bucket(name);
  if (!bucket) throw denied();
  const reads = call.operation === "GetObject" || call.operation === "HeadObject";
  const acl = bucket.objects.get(call.key)?.acl;
  const inherited = acl === undefined || acl.canned === "default";
  if (!reads || !isPublic(inherited ? bucket.record.acl : acl)) throw denied();
}
