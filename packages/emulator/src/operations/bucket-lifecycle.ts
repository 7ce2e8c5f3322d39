import { CosErrorResponse } from "../errors.ts";
import { lifecycleIn, renderLifecycle } from "../lifecycle/document.ts";
import { receiveDocument } from "../request/receive.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { empty, xml } from "./respond.ts";

/** PUT /?lifecycle: replaces the rules. What they make due at once happens before the next operation. */
export async function putBucketLifecycle(call: Call): Promise<EmulatorResponse> {
  const { bucket } = call;
  const lifecycle = lifecycleIn(await receiveDocument(call, "LifecycleConfiguration"));
  await bucket.configure((present) => ({ ...present, lifecycle }));
  return empty(200);
}

/** GET /?lifecycle */
export async function getBucketLifecycle(call: Call): Promise<EmulatorResponse> {
  const { lifecycle } = call.bucket.record;
  if (lifecycle === undefined) {
    throw new CosErrorResponse("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist.");
  }
  return xml(renderLifecycle(lifecycle));
}

/** DELETE /?lifecycle: 204 whether or not there were rules. */
export async function deleteBucketLifecycle(call: Call): Promise<EmulatorResponse> {
  await call.bucket.configure(({ lifecycle: _, ...others }) => others);
  return empty(204);
}
