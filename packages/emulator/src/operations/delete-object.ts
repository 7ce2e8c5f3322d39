import type { Call, EmulatorResponse } from "../types.ts";
import { empty } from "./respond.ts";

/** DELETE /{key}: 204 whether or not there was an object. */
export async function deleteObject(call: Call): Promise<EmulatorResponse> {
  await call.bucket.objects.remove(call.key);
  return empty(204);
}
