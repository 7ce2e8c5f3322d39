import { corsIn, MAX_CORS_BYTES, renderCors } from "../cors/configuration.ts";
import { CosErrorResponse } from "../errors.ts";
import { receiveDocument } from "../request/receive.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { empty, xml } from "./respond.ts";

/** PUT /?cors: replaces the bucket's cross-origin configuration. */
export async function putBucketCors(call: Call): Promise<EmulatorResponse> {
  const { bucket } = call;
  const cors = corsIn(await receiveDocument(call, "CORSConfiguration", MAX_CORS_BYTES));
  await bucket.configure((present) => ({ ...present, cors }));
  return empty(200);
}

/** GET /?cors */
export async function getBucketCors(call: Call): Promise<EmulatorResponse> {
  const { cors } = call.bucket.record;
  if (cors === undefined) {
    throw new CosErrorResponse("NoSuchCORSConfiguration", "The CORS configuration does not exist.");
  }
  return xml(renderCors(cors));
}

/** DELETE /?cors: 204 whether or not there was a configuration. */
export async function deleteBucketCors(call: Call): Promise<EmulatorResponse> {
  await call.bucket.configure(({ cors: _, ...others }) => others);
  return empty(204);
}
