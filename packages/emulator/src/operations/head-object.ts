import { checkConditions } from "../request/conditions.ts";
import { checkCustomerKey } from "../request/encryption.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { describeObject, requireObject } from "./object-access.ts";
import { empty } from "./respond.ts";

/** HEAD /{key}: the headers of an object. */
export async function headObject(call: Call): Promise<EmulatorResponse> {
  const record = requireObject(call);
  checkCustomerKey(record.encryption, call.headers);
  const headers = describeObject(record, call);
  if (checkConditions(record, call.headers) === "not modified") {
    return empty(304, { ETag: headers.ETag ?? "", "Last-Modified": headers["Last-Modified"] ?? "" });
  }
  return empty(200, { ...headers, "Content-Length": String(record.size) });
}
