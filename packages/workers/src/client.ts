import { CosClient } from "@cosup/core";
import { clientParts, type WorkersCosOptions } from "./options.ts";
import type { SubrequestMeter } from "./subrequest-meter.ts";

/** A client for one invocation: its connections and its budget belong to the request in whose handler it is created. */
export class WorkersCosClient extends CosClient {
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
