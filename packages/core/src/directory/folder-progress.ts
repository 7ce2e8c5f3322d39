import type { FileUnderWay, ProgressCallback, ProgressDetails } from "../upload/options.ts";
import { LOOK_MS } from "../upload/progress.ts";
import { SendRate } from "../upload/send-rate.ts";

/** The progress of one file of a folder. */
export interface FileProgress {
  update(details: ProgressDetails): void;
  /** The file has ended: what was in flight of one that failed is not any more. */
  end(): void;
}

/**
 * Adds up the progress of all files. The total is undefined until the walk has ended, because files are uploaded while
 * the rest of the tree is still being read.
 */
export class FolderProgress {
  readonly #callback: ProgressCallback | undefined;
  readonly #now: () => number;
  readonly #rate: SendRate;
  #acknowledged = 0;
  #resumed = 0;
  #inFlight = 0;
  #total = 0;
  #walked = false;
  #finished = false;
  #reportedMs = Number.NEGATIVE_INFINITY;
  readonly #files = new Set<FileUnderWay>();

  constructor(callback: ProgressCallback | undefined, now: () => number) {
    this.#callback = callback;
    this.#now = now;
    this.#rate = new SendRate({ now });
    this.#rate.measure(0);
  }

  /** A file of `size` bytes joins. */
  file(name: string, size: number): FileProgress {
    this.#total += size;
    let known = { acknowledged: 0, resumed: 0, inFlight: 0 };
    const file = { name, size, acknowledged: 0, inFlight: 0 };
    this.#files.add(file);
    return {
      update: (details) => {
        const { acknowledged, resumed, inFlight } = details;
        // A file that has grown since the walk counts with its present size.
        this.#total += Math.max(0, acknowledged - Math.max(size, known.acknowledged));
        const isAcknowledged = acknowledged !== known.acknowledged;
        this.#acknowledged += acknowledged - known.acknowledged;
        this.#resumed += resumed - known.resumed;
        this.#inFlight += inFlight - known.inFlight;
        known = { acknowledged, resumed, inFlight };
        file.acknowledged = acknowledged;
        file.inFlight = inFlight;
        // The files under way are looked at ten times a second each.
        if (isAcknowledged || this.#now() - this.#reportedMs >= LOOK_MS) this.#report();
      },
      end: () => {
        this.#files.delete(file);
        this.#inFlight -= known.inFlight;
        known = { acknowledged: known.acknowledged, resumed: known.resumed, inFlight: 0 };
      },
    };
  }

  /** No more files will join. */
  walked(): void {
    this.#walked = true;
  }

  /** Every file is stored. */
  finish(): void {
    this.#finished = true;
    this.#total = this.#acknowledged;
    this.#report();
  }

  #report(): void {
    const complete = this.#acknowledged >= this.#total;
    if (this.#callback === undefined || (complete && !this.#finished)) return;
    this.#reportedMs = this.#now();
    const [acknowledged, resumed, inFlight] = [this.#acknowledged, this.#resumed, this.#inFlight];
    const bytesPerSecond = this.#rate.measure(acknowledged - resumed + inFlight);
    const details = { acknowledged, resumed, inFlight, bytesPerSecond, files: this.#files };
    this.#callback(acknowledged, this.#walked ? this.#total : undefined, details);
  }
}
