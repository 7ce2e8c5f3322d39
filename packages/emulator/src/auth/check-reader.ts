import { isPublic } from "../request/acl.ts";
import { addressedVersion } from "../request/addressed-version.ts";
import type { OperationName } from "../request/operation.ts";
import { isMarker } from "../store/history.ts";
import type { Call } from "../types.ts";
import { denied } from "./fields.ts";

const BUCKET_READS: ReadonlySet<OperationName> = new Set<OperationName>([
  "HeadBucket",
  "ListObjects",
  "ListMultipartUploads",
  "ListObjectVersions",
]);

/** A preflight is never signed, and a form brings its own signature. */
const NOT_SIGNED_HERE: ReadonlySet<OperationName> = new Set<OperationName>(["OptionsObject", "PostObject"]);

/** Refuses an anonymous caller everything but reads of public objects and listings of public buckets. */
export function checkReader(call: Call): void {
  if (call.caller.kind === "signed" || call.settings.anonymous || NOT_SIGNED_HERE.has(call.operation)) return;
  const name = call.address.bucket;
  const bucket = name === undefined ? undefined : call.store.bucket(name);
  if (!bucket) throw denied();
  if (BUCKET_READS.has(call.operation) && isPublic(bucket.record.acl)) return;
  const reads = call.operation === "GetObject" || call.operation === "HeadObject";
  const version = addressedVersion(call);
  const acl = version && !isMarker(version) ? version.acl : undefined;
  const inherited = acl === undefined || acl.canned === "default";
  if (!reads || !isPublic(inherited ? bucket.record.acl : acl)) throw denied();
}
