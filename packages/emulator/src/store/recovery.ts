import { readFileSync } from "node:fs";
import type { DataFiles } from "./data-files.ts";
import { type DatabaseRecords, ENDED } from "./database-records.ts";
import { isMarker } from "./history.ts";
import { START } from "./key-order.ts";
import type { Version } from "./records.ts";

/** A fact: which start of the system the last run was in. */
const BOOT = "boot";

/**
 * Repairs what the last run left: after a SIGKILL data files without a record, after a power cut also records whose bytes were
 * not written. What needs no repair is not looked at, so that a start does not take longer the more objects there are.
 *
 * @throws {DataDamagedError} if something cannot be read, which is no reason to delete it
 */
export async function recover(records: DatabaseRecords, files: DataFiles): Promise<void> {
  const boot = bootId();
  // Without a restart of the system, what was written is there, also if it was never flushed.
  const isSameBoot = boot !== undefined && records.fact(BOOT) === boot;
  const hasEnded = isSameBoot && records.fact(ENDED) === "true";
  records.note(ENDED, "false");
  if (!isSameBoot) await dropIncomplete(records, files);
  if (!hasEnded) await files.sweep();
  records.note(BOOT, boot ?? "");
}

/** Of this start of the system, on Linux. */
function bootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}

/** Deletes versions and parts whose bytes are not there. */
async function dropIncomplete(records: DatabaseRecords, files: DataFiles): Promise<void> {
  if (!records.refersToFiles) return;
  for (const { record, uploads } of records.buckets()) {
    const { name } = record;
    for (const [key, history] of records.histories(name, START, Number.POSITIVE_INFINITY)) {
      const complete: Version[] = [];
      for (const version of history) {
        if (isMarker(version) || (await files.allComplete(version.extents))) complete.push(version);
      }
      if (complete.length === history.length) continue;
      const lost = history.filter((version) => !complete.includes(version));
      const went = lost.flatMap((version) => (isMarker(version) ? [] : version.extents));
      await files.commit([], went, (writes) => writes.history(name, key, complete, false));
    }
    for (const upload of uploads) {
      const { uploadId } = upload.record;
      for (const { partNumber, extent } of upload.parts) {
        if (await files.allComplete([extent])) continue;
        await files.commit([], [extent], (writes) => writes.removePart(name, uploadId, partNumber));
      }
    }
  }
}
