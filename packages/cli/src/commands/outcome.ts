import { classify } from "../classify-error.ts";
import { EXIT } from "../exit-codes.ts";

/** The result of one object. */
export interface Outcome {
  /** Path of the file, `-` for stdin. */
  readonly source: string;
  readonly key: string;
  /** `planned`: not sent because of --dry-run. */
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

/** Adds up outcomes and derives the exit code. */
export class Tally {
  readonly startedAt = performance.now();
  uploaded = 0;
  skipped = 0;
  failed = 0;
  planned = 0;
  /** Bytes of the objects that were uploaded, or that --dry-run would upload. */
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
