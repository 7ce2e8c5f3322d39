import { CosErrorResponse } from "../errors.ts";
import type { ObjectRecord } from "../store/records.ts";
import type { Call } from "../types.ts";

export type OverwriteRule = "allow" | "forbid";

/** Reads x-cos-forbid-overwrite of PUT, Copy and Complete. It has no effect where versioning is or was enabled. */
export function overwriteRule(call: Call): OverwriteRule {
  const text = call.header("x-cos-forbid-overwrite")?.toLowerCase() ?? "false";
  if (text !== "true" && text !== "false") {
    throw new CosErrorResponse("InvalidArgument", "x-cos-forbid-overwrite must be true or false.");
  }
  return text === "true" && !call.bucket.record.versioning ? "forbid" : "allow";
}

export function checkOverwrite(rule: OverwriteRule, present: ObjectRecord | undefined): void {
  if (rule === "forbid" && present) {
    throw new CosErrorResponse("FileAlreadyExists", "The file already exists and may not be overwritten.");
  }
}
