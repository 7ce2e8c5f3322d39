import type { Tag } from "../request/tagging.ts";
import { beijingMidnightAfter, DAY } from "../store/beijing-midnight.ts";
import type { ObjectRecord, UploadRecord } from "../store/records.ts";
import type { LifecycleRule } from "./rules.ts";

/** Whether a rule ends this upload now. */
export function endsUpload(rule: LifecycleRule, upload: UploadRecord, now: number): boolean {
  const { abortAfterDays } = rule;
  if (!rule.enabled || abortAfterDays === undefined || rule.tags.length > 0) return false;
  return upload.key.startsWith(rule.prefix) && now >= due(upload.initiated, abortAfterDays);
}

/** Whether a rule deletes this object now. Appendable objects have no lifecycle. */
export function expiresObject(rule: LifecycleRule, record: ObjectRecord, now: number): boolean {
  const { expiration } = rule;
  if (!rule.enabled || !expiration || record.type === "appendable") return false;
  if (!record.key.startsWith(rule.prefix) || !hasTags(record, rule.tags)) return false;
  return now >= ("days" in expiration ? due(record.lastModified, expiration.days) : expiration.date);
}

/** Rules are carried out at midnight. */
function due(start: number, days: number): number {
  return beijingMidnightAfter(start + days * DAY);
}

function hasTags(record: ObjectRecord, tags: readonly Tag[]): boolean {
  return tags.every(({ key, value }) => record.tags.some((tag) => tag.key === key && tag.value === value));
}
