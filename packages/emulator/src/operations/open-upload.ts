import { CosErrorResponse } from "../errors.ts";
import type { OpenUpload } from "../store/upload-index.ts";
import type { Call } from "../types.ts";

/** The upload that a request names. Throws NoSuchUpload unless it is open and belongs to this key. */
export function requireUpload(call: Call): OpenUpload {
  const upload = call.bucket.uploads.get(call.query.get("uploadId") ?? "");
  if (!upload || upload.record.key !== call.key) throw noSuchUpload();
  return upload;
}

export function noSuchUpload(): CosErrorResponse {
  return new CosErrorResponse("NoSuchUpload", "The specified multipart upload does not exist.");
}

/** The part number of a request: 1 to 10000. */
export function requirePartNumber(call: Call): number {
  const text = call.query.get("partNumber") ?? "";
  const partNumber = Number(text);
  if (!/^\d{1,5}$/.test(text) || partNumber < 1 || partNumber > 10_000) {
    throw new CosErrorResponse("InvalidArgument", "The part number must be an integer between 1 and 10000.");
  }
  return partNumber;
}
