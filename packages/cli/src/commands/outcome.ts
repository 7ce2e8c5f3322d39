import { classify, EXIT } from "../exit-codes.ts";

/** What became of one object. */
export interface Outcome {
  /** Path of the file, `-` for stdin. */
  readonly source: string;
  readonly key: string;
  /** `planned`: with --dry-run, nothing was sent. */
  readonly status: "uploaded" | "skipped" | "failed" | "planned";
  readonly reason?: string | undefined;
  readonly size: number | undefined;
  readonly crc64?: string | undefined;
  /** Without quotes. */
  readonly etag?: string | undefined;
  readonly partsSent: number;
  readonly partsResumed: number;
  readonly error?: unknown;
}

/** Adds outcomes up, and decides what the process ends with. */
export class Tally {
  readonly startedAt = performance.now();
  uploaded = 0;
  skipped = 0;
  failed = 0;
  planned = 0;
  /** Bytes of the objects that were uploaded (with --dry-run: would be). */
  bytes = 0;
  partsSent = 0;
  partsResumed = 0;
  readonly #exitCodes = new Set<number>();

  get files(): number {
    return this.uploaded + this.skipped + this.failed + this.planned;
  }

  add(outcome: Outcome): void {
    this[outcome.status] += 1;
    this.partsSent += outcome.partsSent;
    this.partsResumed += outcome.partsResumed;
    if (outcome.status === "uploaded" || outcome.status === "planned") this.bytes += outcome.size ?? 0;
    if (outcome.status === "failed") this.#exitCodes.add(classify(outcome.error).exitCode);
  }

  /** Some failed: 1. Nothing succeeded, and all for the same cause: that cause's code. */
  get exitCode(): number {
    if (this.failed === 0) return EXIT.done;
    const [only = EXIT.failed] = this.#exitCodes;
    return this.failed === this.files && this.#exitCodes.size === 1 ? only : EXIT.failed;
  }
}

/** COS gives an ETag in quotes; people compare it without. */
export function bareETag(etag: string | undefined): string | undefined {
  return etag?.replace(/^"|"$/g, "");
}
