import type { ProgressCallback, ProgressDetails } from "@cosup/node";

type Sums = Pick<ProgressDetails, "acknowledged" | "resumed" | "inFlight">;

/** The progress of one file of several. */
export interface FileProgress {
  /** @param total bytes of the file, where they were not known before */
  update(details: Sums, total?: number): void;
  /** Nothing of the file is in flight any more, also when it has failed. */
  end(): void;
}

/** Adds up the progress of several files. */
export class FilesProgress {
  readonly #report: ProgressCallback;
  #total: number;
  #acknowledged = 0;
  #resumed = 0;
  #inFlight = 0;

  /** @param total bytes of all files, as they were planned */
  constructor(total: number, report: ProgressCallback) {
    this.#total = total;
    this.#report = report;
  }

  /**
   * The progress of the next file.
   * @param planned its bytes, if they are not part of the total yet; undefined: not known
   */
  file(planned: number | undefined = 0): FileProgress {
    let size = planned;
    this.#total += size;
    let known: Sums = { acknowledged: 0, resumed: 0, inFlight: 0 };
    const count = (details: Sums): void => {
      this.#acknowledged += details.acknowledged - known.acknowledged;
      this.#resumed += details.resumed - known.resumed;
      this.#inFlight += details.inFlight - known.inFlight;
      known = details;
    };
    return {
      update: (details, bytes = size) => {
        this.#total += bytes - size;
        size = bytes;
        count(details);
        const [acknowledged, resumed, inFlight] = [this.#acknowledged, this.#resumed, this.#inFlight];
        const total = Math.max(acknowledged, this.#total);
        this.#report(acknowledged, total, { acknowledged, resumed, inFlight, bytesPerSecond: undefined });
      },
      end: () => count({ ...known, inFlight: 0 }),
    };
  }
}
