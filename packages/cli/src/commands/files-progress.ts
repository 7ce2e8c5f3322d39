import type { FileUnderWay, ProgressCallback, ProgressDetails } from "@cosup/node";

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
  readonly #files = new Set<FileUnderWay>();

  /** @param total bytes of all files, as they were planned */
  constructor(total: number, report: ProgressCallback) {
    this.#total = total;
    this.#report = report;
  }

  /**
   * The progress of the next file.
   * @param name for people
   * @param planned its bytes, if they are not part of the total yet; undefined: not known
   * @param bytes its bytes, as they are shown
   */
  file(name: string, planned: number | undefined = 0, bytes: number | undefined = planned): FileProgress {
    let size = planned;
    this.#total += size;
    const shown = { name, size: bytes, acknowledged: 0, inFlight: 0 };
    this.#files.add(shown);
    let known: Sums = { acknowledged: 0, resumed: 0, inFlight: 0 };
    const count = (details: Sums): void => {
      this.#acknowledged += details.acknowledged - known.acknowledged;
      this.#resumed += details.resumed - known.resumed;
      this.#inFlight += details.inFlight - known.inFlight;
      known = details;
      shown.acknowledged = details.acknowledged;
      shown.inFlight = details.inFlight;
    };
    return {
      update: (details, total = size) => {
        this.#total += total - size;
        if (total !== size) shown.size = total;
        size = total;
        count(details);
        this.#reportAll();
      },
      end: () => {
        this.#files.delete(shown);
        count({ ...known, inFlight: 0 });
      },
    };
  }

  #reportAll(): void {
    const [acknowledged, resumed, inFlight] = [this.#acknowledged, this.#resumed, this.#inFlight];
    const total = Math.max(acknowledged, this.#total);
    const details = { acknowledged, resumed, inFlight, bytesPerSecond: undefined, files: this.#files };
    this.#report(acknowledged, total, details);
  }
}
