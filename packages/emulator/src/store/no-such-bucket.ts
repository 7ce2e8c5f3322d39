import { CosErrorResponse } from "../errors.ts";

/** For a request, or a change that began earlier, whose bucket does not exist or was deleted meanwhile. */
export function noSuchBucket(): CosErrorResponse {
  return new CosErrorResponse("NoSuchBucket", "The specified bucket does not exist.");
}
