import { UploadClient } from "@cosup/core/upload";
import { clientParts, type WorkersCosOptions } from "./options.ts";
import type { SubrequestMeter } from "./subrequest-meter.ts";

/** As {@link WorkersCosClient}, but it only uploads. */
export class WorkersUploadClient extends UploadClient {
  readonly #meter: SubrequestMeter;

  /** Use {@link createCos}. */
  constructor(given: WorkersCosOptions) {
    const { runtime, meter, options } = clientParts(given);
    super(runtime, options);
    this.#meter = meter;
  }

  /** Subrequests made so far: requests to COS including retries, and reads of R2. */
  get subrequests(): number {
    return this.#meter.used;
  }
}
