import { checkCopySource } from "../auth/policy/check-policy.ts";
import { CosErrorResponse } from "../errors.ts";
import { requireReadable } from "../request/archive.ts";
import { checkConditions, preconditionFailed } from "../request/conditions.ts";
import { checkCustomerKey } from "../request/encryption.ts";
import { percentDecode } from "../request/percent.ts";
import type { ObjectRecord } from "../store/records.ts";
import type { Call } from "../types.ts";
import { objectIn } from "./object-access.ts";

const SOURCE =
  /^(?:https?:\/\/)?([a-z0-9-]+-[0-9]+)\.cos(?:-internal)?\.[a-z0-9-]+\.[a-z0-9.-]+\/([^?]+)(?:\?versionId=(.*))?$/;

/** The source of a copy, with the header that names its version if the request does. */
export interface CopySource {
  readonly bucket: string;
  readonly record: ObjectRecord;
  readonly headers: Readonly<Record<string, string>>;
}

/** Finds the object that x-cos-copy-source names, and checks the copy conditions. */
export function requireCopySource(call: Call): CopySource {
  const match = SOURCE.exec(call.header("x-cos-copy-source") ?? "");
  const [, bucketName = "", encodedKey = "", versionId] = match ?? [];
  if (!match) throw new CosErrorResponse("InvalidCopySource", "The copy source is not valid.");
  checkCopySource(call, bucketName, percentDecode(encodedKey), versionId);
  const bucket = call.store.bucket(bucketName);
  if (!bucket) throw new CosErrorResponse("NoSuchBucket", "The specified bucket does not exist.");
  // Some clients send an empty versionId with every copy.
  const record = objectIn(bucket.objects.versions(percentDecode(encodedKey)), versionId || undefined);

  checkCustomerKey(record.encryption, call.headers, "copy source");
  requireReadable(record, call.now);
  // For a read this is 304; for a copy, which changes something, it is 412.
  if (checkConditions(record, call.headers, "x-cos-copy-source-") === "not modified")
    throw preconditionFailed();
  return {
    bucket: bucketName,
    record,
    headers: versionId ? { "x-cos-copy-source-version-id": versionId } : {},
  };
}
