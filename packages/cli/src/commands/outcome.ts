import { classify } from "../classify-error.ts";
import type { FailFast } from "../early-end.ts";
import { EXIT } from "../exit-codes.ts";
import type { Selection } from "../selection/selection.ts";
import type { FileDigest } from "../site/upload-source.ts";

/** What a command does with an object. */
export type Done = "uploaded" | "downloaded" | "copied";

/** The result of one object. */
export interface Outcome {
  /** Path of the file, `-` for stdin, `cos://BUCKET/KEY` for an object. */
  readonly source: string;
  readonly key: string;
  /** Where an object of COS goes: a path, or `cos://BUCKET/KEY`. */
  readonly to?: string;
  /** `planned`: not sent because of --dry-run. */
  readonly status: Done | "deleted" | "skipped" | "failed" | "planned";
  /** What `planned` means, of a sync. */
  readonly action?: "upload" | "download" | "copy" | "delete" | "skip";
  readonly reason?: string | undefined;
  readonly size: number | undefined;
  readonly crc64?: string | undefined;
  /** Without quotes. */
  readonly etag?: string | undefined;
  /** In a bucket with versions. */
  readonly versionId?: string | undefined;
  /** What the file is, where it is stored compressed. */
  readonly file?: FileDigest | undefined;
  readonly partsSent: number;
  readonly partsResumed: number;
  readonly error?: unknown;
}

/** The failures of what `--files-from` names and the source does not have. */
export function* missingOutcomes(selection: Selection, prefix: string): Generator<Outcome, void, undefined> {
  for (const { path, error } of selection.missing())
    yield {
      source: path,
      key: prefix + path,
      status: "failed",
      size: undefined,
      error,
      partsSent: 0,
      partsResumed: 0,
    };
}

/** What only a sync counts. */
export interface SyncCounts {
  unchanged: number;
  unchangedBytes: number;
  deleted: number;
  deletedBytes: number;
  /** With --dry-run. */
  toDelete?: number;
  /** With --dry-run. */
  toDeleteBytes?: number;
}

/** {@link SyncCounts} of a command that has not done anything yet. */
export function noCounts(): SyncCounts {
  return { unchanged: 0, unchangedBytes: 0, deleted: 0, deletedBytes: 0 };
}

/** Adds up outcomes and derives the exit code. */
export class Tally {
  readonly startedAt = performance.now();
  /** What the command does with its objects. */
  readonly does: Done;
  /** Objects that it has done that with. */
  done = 0;
  skipped = 0;
  failed = 0;
  planned = 0;
  /** Bytes of the objects that were uploaded, downloaded or copied, or that --dry-run names. */
  bytes = 0;
  partsSent = 0;
  partsResumed = 0;
  readonly #exitCodes = new Set<number>();
  readonly #failFast: FailFast | undefined;

  /** Undefined unless the command is a sync. */
  readonly sync: SyncCounts | undefined;

  /** @param failFast is told how each file ended */
  constructor(does: Done = "uploaded", sync?: SyncCounts, failFast?: FailFast) {
    this.does = does;
    this.sync = sync;
    this.#failFast = failFast;
  }

  get files(): number {
    return this.done + this.skipped + this.failed + this.planned + (this.sync?.unchanged ?? 0);
  }

  /** Counts a file that a sync leaves as it is. */
  addUnchanged(bytes: number): void {
    if (this.sync === undefined) return;
    this.sync.unchanged += 1;
    this.sync.unchangedBytes += bytes;
  }

  add(outcome: Outcome): void {
    const { status, action, size = 0 } = outcome;
    if (action === "skip") this.addUnchanged(size);
    else if (status === "deleted" || action === "delete") this.#addDeletion(status, size);
    else this.#addTransfer(outcome);
  }

  #addTransfer(outcome: Outcome): void {
    const { status } = outcome;
    const isDone = status === this.does;
    if (status === "skipped" || status === "failed" || status === "planned") this[status] += 1;
    else this.done += 1;
    this.partsSent += outcome.partsSent;
    this.partsResumed += outcome.partsResumed;
    if (isDone || status === "planned") this.bytes += outcome.size ?? 0;
    if (status === "failed") this.#exitCodes.add(classify(outcome.error).exitCode);
    // Last, because it may end the command. What is planned, or left out unseen, says nothing of COS.
    const seen =
      isDone || (status === "skipped" && (outcome.reason === "same" || outcome.reason === "exists"));
    if (seen || status === "failed")
      this.#failFast?.add({ failed: status === "failed", error: outcome.error });
  }

  #addDeletion(status: Outcome["status"], bytes: number): void {
    if (this.sync === undefined) return;
    if (status === "deleted") {
      this.sync.deleted += 1;
      this.sync.deletedBytes += bytes;
    } else {
      this.sync.toDelete = (this.sync.toDelete ?? 0) + 1;
      this.sync.toDeleteBytes = (this.sync.toDeleteBytes ?? 0) + bytes;
    }
  }

  /** 1 if some objects failed. If all failed with the same exit code, that exit code. */
  get exitCode(): number {
    if (this.failed === 0) return EXIT.done;
    const [only = EXIT.failed] = this.#exitCodes;
    return this.failed === this.files && this.#exitCodes.size === 1 ? only : EXIT.failed;
  }
}

/** Removes the quotes that COS puts around an ETag. */
export function bareETag(etag: string | undefined): string | undefined {
  return etag?.replace(/^"|"$/g, "");
}
