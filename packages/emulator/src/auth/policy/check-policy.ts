import type { OperationName } from "../../request/operation.ts";
import { percentEncode } from "../../request/percent.ts";
import type { Call } from "../../types.ts";
import { denied } from "../fields.ts";
import { actionsOf } from "./actions.ts";
import { compilePolicy } from "./compile-policy.ts";
import { CONDITION_KEYS } from "./condition-keys.ts";

/** Their keys are in the body, and are checked when it has been read. */
const KEYS_IN_BODY: ReadonlySet<OperationName> = new Set<OperationName>([
  "DeleteMultipleObjects",
  "PostObject",
]);

/** A prefix limits what these return. For all other requests it is a parameter without effect. */
const LISTINGS: ReadonlySet<OperationName> = new Set<OperationName>([
  "ListObjects",
  "ListObjectVersions",
  "ListMultipartUploads",
]);

/** Refuses what the policy of the caller's key does not allow. A key without a policy may do everything. */
export function checkKeyPolicy(call: Call): void {
  if (call.key === "" && KEYS_IN_BODY.has(call.operation)) return;
  const bucket = call.address.bucket;
  const resources = bucket === undefined ? [""] : [`${bucket}/${call.key}`];
  const prefix = call.query.get("prefix");
  // COS's documents name both for a listing: the bucket, and what begins with the prefix.
  if (LISTINGS.has(call.operation) && prefix !== undefined) resources.push(`${bucket}/${prefix}`);
  if (!isAllowed(call, actionsOf(call.operation), resources)) throw denied();
}

/** Refuses a copy whose source the caller may not read. An empty version id stands for the latest version. */
export function checkCopySource(
  call: Call,
  bucket: string,
  key: string,
  versionId: string | undefined,
): void {
  if (!isAllowed(call, ["GetObject"], [`${bucket}/${key}`], { versionId })) throw denied();
}

/** Whether the caller may delete a key, with a request that names several. */
export function mayDelete(call: Call, key: string, versionId: string | undefined): boolean {
  const actions = ["DeleteObject", "DeleteMultipleObjects"];
  return isAllowed(call, actions, [`${call.address.bucket ?? ""}/${key}`], { versionId });
}

/** With `named`, the request names an object elsewhere than in its address, and with it the version. */
function isAllowed(
  call: Call,
  actions: readonly string[],
  resources: readonly string[],
  named?: { readonly versionId: string | undefined },
): boolean {
  if (call.caller.kind === "anonymous" || call.caller.policy === undefined) return true;
  const { region } = call.address;
  return compilePolicy(call.caller.policy)({
    actions,
    resources,
    // The acceleration host is in no region.
    region: region === undefined || region === "accelerate" ? call.settings.region : region,
    fact: (key) => {
      if (named === undefined || key !== "cos:versionid") return CONDITION_KEYS.get(key)?.fact(call);
      return named.versionId === undefined ? undefined : percentEncode(named.versionId);
    },
  });
}
