import type { OperationName } from "../../request/operation.ts";
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

/** Refuses what the policy of the caller's key does not allow. A key without a policy may do everything. */
export function checkKeyPolicy(call: Call): void {
  if (call.key === "" && KEYS_IN_BODY.has(call.operation)) return;
  const bucket = call.address.bucket;
  const resources = bucket === undefined ? [""] : [`${bucket}/${call.key}`];
  const prefix = call.query.get("prefix");
  // COS's documents name both for a listing: the bucket, and what begins with the prefix.
  if (bucket !== undefined && call.key === "" && prefix !== undefined) resources.push(`${bucket}/${prefix}`);
  if (!isAllowed(call, actionsOf(call.operation), resources)) throw denied();
}

/** Refuses a copy whose source the caller may not read. */
export function checkCopySource(call: Call, bucket: string, key: string): void {
  if (!isAllowed(call, ["GetObject"], [`${bucket}/${key}`])) throw denied();
}

/** Whether the caller may delete a key, with a request that names several. */
export function mayDelete(call: Call, key: string): boolean {
  const actions = ["DeleteObject", "DeleteMultipleObjects"];
  return isAllowed(call, actions, [`${call.address.bucket ?? ""}/${key}`]);
}

function isAllowed(call: Call, actions: readonly string[], resources: readonly string[]): boolean {
  if (call.caller.kind === "anonymous" || call.caller.policy === undefined) return true;
  const { region } = call.address;
  return compilePolicy(call.caller.policy)({
    actions,
    resources,
    // The acceleration host is in no region.
    region: region === undefined || region === "accelerate" ? call.settings.region : region,
    fact: (key) => CONDITION_KEYS.get(key)?.fact(call),
  });
}
