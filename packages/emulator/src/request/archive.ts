import { CosErrorResponse } from "../errors.ts";
import type { ObjectRecord } from "../store/records.ts";
import { archiveState, isArchived } from "../store/restore.ts";

/** Refuses to read an archived object that is not restored, also as the source of a copy. */
export function requireReadable(record: ObjectRecord, now: number): void {
  if (archiveState(record, now) !== "readable") throw invalidObjectState();
}

export function invalidObjectState(): CosErrorResponse {
  return new CosErrorResponse(
    "InvalidObjectState",
    "The operation is not valid for the object's storage class.",
  );
}

/** The headers of an object that is being restored, or is restored. */
export function describeRestore(record: ObjectRecord, now: number): Record<string, string> {
  const { restore } = record;
  const state = archiveState(record, now);
  if (!restore || !isArchived(record) || state === "archived") return {};
  if (state === "readable") {
    const expires = new Date(restore.expires).toUTCString();
    return { "x-cos-restore": `ongoing-request="false", expiry-date="${expires}"` };
  }
  const requested = new Date(restore.requested).toUTCString();
  return {
    "x-cos-restore": 'ongoing-request="true"',
    "x-cos-restore-status": `tier="${restore.tier.toLowerCase()}"; request-date="${requested}"`,
  };
}
