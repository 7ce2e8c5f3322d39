import { beijingMidnightAfter, DAY } from "./beijing-midnight.ts";
import type { ObjectRecord, Restore } from "./records.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

// COS document 436/12633 gives ranges, for example "1-5 minutes"; these are their beginnings.
const ARCHIVE: ReadonlyMap<string, number> = new Map([
  ["Expedited", MINUTE],
  ["Standard", 3 * HOUR],
  ["Bulk", 5 * HOUR],
]);
const DEEP_ARCHIVE: ReadonlyMap<string, number> = new Map([
  ["Standard", 12 * HOUR],
  ["Bulk", 24 * HOUR],
]);

/** How long each tier takes, by the storage classes that must be restored before they can be read. */
const DURATIONS: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map([
  ["ARCHIVE", ARCHIVE],
  ["MAZ_ARCHIVE", ARCHIVE],
  ["DEEP_ARCHIVE", DEEP_ARCHIVE],
]);

/** `readable`: not archived, or restored. */
export type ArchiveState = "readable" | "archived" | "ongoing";

export function isArchived({ storageClass }: ObjectRecord): boolean {
  return DURATIONS.has(storageClass);
}

export function archiveState(record: ObjectRecord, now: number): ArchiveState {
  if (!isArchived(record)) return "readable";
  const { restore } = record;
  if (!restore || now >= restore.expires) return "archived";
  return now < restore.ready ? "ongoing" : "readable";
}

/** A restore that begins now. Undefined: the storage class has no such tier. */
export function newRestore(
  record: ObjectRecord,
  tier: string,
  days: number,
  now: number,
): Restore | undefined {
  const duration = DURATIONS.get(record.storageClass)?.get(tier);
  if (duration === undefined) return undefined;
  const ready = now + duration;
  return { tier, requested: now, ready, expires: beijingMidnightAfter(ready + days * DAY) };
}

/** A restore that is done, with another end. */
export function extendedRestore(restore: Restore, days: number, now: number): Restore {
  return { ...restore, expires: beijingMidnightAfter(now + days * DAY) };
}
