import type { Outcome, SyncCounts, Tally } from "../commands/outcome.ts";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Formats a byte count with a binary unit, for example `24.0 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Formats a duration, for example `42s`, `3m05s` or `2h10m`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}

/**
 * Percentage of the bytes that were sent, rounded down; 100 means that all bytes are acknowledged.
 * @param sent acknowledged or in flight
 */
export function percentOf(acknowledged: number, total: number, sent: number): number {
  if (acknowledged >= total) return 100;
  return Math.min(99, Math.floor((sent / total) * 100));
}

/** Describes the result of one object in one line. */
export function outcomeLine(outcome: Outcome, bucket: string): string {
  const { source, key, status, action, reason, size, crc64, partsResumed } = outcome;
  const to = outcome.to ?? `cos://${bucket}/${key}`;
  const bytes = size === undefined ? "" : ` (${formatBytes(size)})`;
  if (action === "skip") return `would skip ${source}${bytes}: it is unchanged`;
  if (action === "delete") return `would delete ${source}${bytes}`;
  if (status === "deleted") return `deleted ${source}${bytes}`;
  if (status === "planned")
    return `would ${action ?? (outcome.to === undefined ? "upload" : "copy")} ${source} to ${to}${source === "-" ? "" : bytes}`;
  if (status === "skipped") return `skipped ${source}: ${SKIP_REASONS[reason ?? ""] ?? reason ?? "skipped"}`;
  const resumed = partsResumed > 0 ? `, ${partsResumed} parts resumed` : "";
  const checksum = crc64 === undefined ? "" : `, crc64 ${crc64}`;
  return `${status} ${source} to ${to}${bytes}${checksum}${resumed}`;
}

const SKIP_REASONS: Readonly<Record<string, string>> = {
  same: "COS already holds the same object",
  exists: "it already exists",
  symlink: "it is a symbolic link (use --follow-symlinks to follow it)",
  outside: "the symbolic link points outside the directory",
  loop: "the symbolic link points to a directory that contains it",
  special: "it is not a regular file",
  checkpoint: "it is a checkpoint of cosup",
};

/** Summarizes all objects in one line. */
export function summaryLine(tally: Tally): string {
  const { done, does, skipped, failed, planned, bytes, partsSent, partsResumed, sync } = tally;
  if (sync?.toDelete !== undefined) return syncPlanLine(tally, sync);
  if (planned > 0) return `${countOf(planned, "file")}, ${formatBytes(bytes)}: nothing was sent (dry run)`;
  const seconds = Math.max((performance.now() - tally.startedAt) / 1000, 0.001);
  // Below 1 MiB the rate shows only the latency of requests, and after a resume it counts bytes that were not sent.
  const rate =
    bytes >= 1024 * 1024 && partsResumed === 0 ? `, ${formatBytes(Math.round(bytes / seconds))}/s` : "";
  const parts = partsSent + partsResumed <= 1 ? "" : `; ${partsSent} parts sent, ${partsResumed} resumed`;
  const rest = [
    sync !== undefined && sync.deleted > 0 && `${sync.deleted} deleted`,
    sync !== undefined && sync.unchanged > 0 && `${sync.unchanged} unchanged`,
    skipped > 0 && `${skipped} skipped`,
    failed > 0 && `${failed} failed`,
  ].filter(Boolean);
  const took = seconds < 10 ? `${seconds.toFixed(1)}s` : formatSeconds(seconds);
  const counts = `${countOf(done, does === "uploaded" ? "file" : "object")} ${does}, ${formatBytes(bytes)} in ${took}${rate}${parts}`;
  return [counts, ...rest].join("; ");
}

/** What a sync would do, in one line. */
function syncPlanLine({ does, planned, bytes, failed, skipped }: Tally, sync: SyncCounts): string {
  const verb = { uploaded: "upload", downloaded: "download", copied: "copy" }[does];
  const { toDelete = 0, toDeleteBytes = 0, unchanged, unchangedBytes } = sync;
  return [
    `would ${verb} ${countOf(planned, "file")} (${formatBytes(bytes)})`,
    `delete ${toDelete} (${formatBytes(toDeleteBytes)})`,
    `skip ${unchanged + skipped} (${formatBytes(unchangedBytes)})`,
    failed > 0 && `${failed} failed`,
    "nothing was changed (dry run)",
  ]
    .filter(Boolean)
    .join("; ");
}

/** `1 file`, `2 files`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
