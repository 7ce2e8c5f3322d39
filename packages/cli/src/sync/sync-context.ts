import type { CheckpointStore, NodeCosClient, UploadResult } from "@cosup/node";
import type { CopyFlags } from "../commands/copy-flags.ts";
import type { FilesProgress } from "../commands/files-progress.ts";
import type { Outcome, Tally } from "../commands/outcome.ts";
import { reportLine } from "../commands/report-lines.ts";
import type { Display, Warning } from "../display/display.ts";
import type { Location } from "../location.ts";
import type { ReportFile } from "../report-file.ts";
import type { Selection } from "../selection/selection.ts";
import type { SiteRules } from "../site/site-rules.ts";
import type { Compare, Decision } from "./decide.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import type { Settle } from "./ledger-order.ts";
import type { Pair } from "./merge.ts";

/** The flags of `cosup sync`. */
export interface SyncFlags extends CopyFlags {
  readonly compare: Compare;
  readonly delete?: boolean;
  readonly maxDelete?: number;
  /** Go on until it is interrupted. */
  readonly watch?: boolean;
}

/** The source of a sync inside COS. */
export interface CopySource {
  readonly location: Location;
  /** Of the region of the source. */
  readonly client: NodeCosClient;
}

/** Everything that the files of one sync share. */
export interface SyncRun {
  readonly client: NodeCosClient;
  readonly flags: SyncFlags;
  /** Absolute, without links; of a sync inside COS the source as `cos://BUCKET/PREFIX`. */
  readonly folder: string;
  /** The source of a sync inside COS. */
  readonly from: CopySource | undefined;
  /** As it was given. */
  readonly folderName: string;
  /** The bucket and the prefix. */
  readonly location: Location;
  readonly ledger: Ledger;
  /** Which paths are synced. */
  readonly selection: Selection;
  /** The only paths that are looked at; undefined: all. */
  readonly only: ReadonlySet<string> | undefined;
  /** How each file is stored by an upload. */
  readonly rules: SiteRules;
  readonly checkpoints: CheckpointStore;
  readonly display: Display;
  readonly tally: Tally;
  readonly progress: FilesProgress;
  readonly reportFile: ReportFile | undefined;
  /** How far the sync is. */
  readonly state: { hasBegunToDelete: boolean };
  readonly signal: AbortSignal;
}

/** Something that a sync does about one path. */
export interface Task {
  readonly pair: Pair;
  readonly decision: Exclude<Decision, "unchanged">;
  readonly settle: Settle;
}

/** Something that is to be deleted, because its source is gone. */
export interface Deletion {
  readonly path: string;
  readonly pair: Pair;
}

/** What a sync does in one of its two directions. */
export interface Direction {
  /** Does what a task says, or with `--dry-run` reports it. Returns what is known then. */
  perform(task: Task): Promise<LedgerEntry | undefined>;
  /** Deletes; each failure is an outcome. */
  remove(deletions: readonly Deletion[]): Promise<void>;
  /** Names what fails or is deleted. */
  objectOf(pair: Pair, deleted: boolean): Pick<Outcome, "source" | "key" | "to" | "size">;
}

export const NO_PARTS = { partsSent: 0, partsResumed: 0 } as const;

/** Counts an outcome, shows it, and writes it to the report. */
export function report({ tally, display, reportFile, location }: SyncRun, outcome: Outcome): void {
  tally.add(outcome);
  const line = reportLine(outcome, location.bucket);
  if (line !== undefined) reportFile?.add(line);
  display.outcome(outcome);
}

/** What is known of an object that is equal to its file. */
export type KnownObject = Pick<LedgerEntry, "etag" | "crc64"> & Pick<Outcome, "file">;

/**
 * Counts a file that is equal already. Only a dry run shows each of them, and the report has those whose object is known.
 */
export function reportUnchanged(
  run: SyncRun,
  direction: Pick<Direction, "objectOf">,
  pair: Pair,
  known?: KnownObject,
): void {
  const size = pair.local?.size ?? 0;
  if (run.flags.dryRun === true) {
    const object = direction.objectOf(pair, false);
    report(run, { ...object, ...NO_PARTS, size, status: "planned", action: "skip" });
    return;
  }
  run.tally.addUnchanged(size);
  if (run.reportFile === undefined) return;
  const object = { ...direction.objectOf(pair, false), ...known, size: pair.remote?.size };
  const line = reportLine({ ...object, ...NO_PARTS, status: "skipped" }, run.location.bucket);
  if (line === undefined) return;
  // The ledger does not know the checksum of a file that is stored compressed.
  const isComparable = known?.file !== undefined || pair.local?.size === pair.remote?.size;
  run.reportFile.add(isComparable ? line : { ...line, path: undefined });
}

/** Shows a warning. */
export function warn({ display }: Pick<SyncRun, "display">, warning: Warning): void {
  display.warning(warning);
}

/** The result of an upload as the ledger keeps it; undefined if COS gave no ETag. */
export function entryOf(
  { path, size, mtimeMs, ctimeMs, ino }: Omit<LedgerEntry, "etag" | "crc64" | "headers">,
  { ETag, crc64 }: Pick<UploadResult, "ETag" | "crc64">,
  headers: string,
): LedgerEntry | undefined {
  const etag = ETag?.replace(/^"|"$/g, "") ?? "";
  if (etag === "") return undefined;
  return { path, size, mtimeMs, ctimeMs, ino, etag, crc64: crc64 ?? "", headers };
}
