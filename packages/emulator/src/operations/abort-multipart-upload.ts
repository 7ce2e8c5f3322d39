import type { Call, EmulatorResponse } from "../types.ts";
import { noSuchUpload, requireUpload } from "./open-upload.ts";
import { empty } from "./respond.ts";

/** DELETE /{key}?uploadId=: forgets an upload and its parts. */
export async function abortMultipartUpload(call: Call): Promise<EmulatorResponse> {
  const { uploadId } = requireUpload(call).record;
  if (!(await call.bucket.abort(uploadId))) throw noSuchUpload();
  return empty(204);
}
