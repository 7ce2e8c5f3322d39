import {
  type AppendObjectParameters,
  type AppendObjectResult,
  ArgumentRangeError,
  ArgumentTypeError,
  type CopyObjectParameters,
  type CopyObjectResult,
  CosClient,
  type CosOptions,
  type GetObjectParameters,
  type GetObjectResult,
  type PutObjectParameters,
  type UploadFileParameters,
  type UploadPartBodyParameters,
  type UploadPartResult,
  type UploadResult,
} from "@cosup/core";
import type { DigestCorePool } from "./digest-core-pool.ts";
import { MiB } from "./fit-upload.ts";
import { createWorkersRuntime } from "./runtime.ts";
import type { SubrequestMeter } from "./subrequest-meter.ts";

/** Four parts of 8 MiB. With everything that sending them needs, this is half of an isolate's 128 MB (measured). */
const MEMORY_BUDGET = 32 * MiB;
/** Initiate, one part, Complete, and the reserve for retries and the abort. */
const LEAST_SUBREQUESTS = 8;

/** {@link CosOptions} and an option of Workers. */
export interface WorkersCosOptions extends CosOptions {
  /**
   * Subrequests that this client may make: 50 on the free plan, 10 000 (or your own limit) on paid plans, less those
   * that the rest of your Worker makes. Parts grow so that an upload fits. An upload that cannot fit is refused before
   * anything is sent or, with checkpoints, stops with `subrequests-exhausted` when the budget is used up. Default: no
   * limit.
   */
  readonly subrequestBudget?: number | undefined;
}

/** A client for one invocation: its connections and its budget belong to the request in whose handler it is created. */
export class WorkersCosClient extends CosClient {
  readonly #meter: SubrequestMeter;
  readonly #cores: DigestCorePool;

  /** Use {@link createCos}. */
  constructor(options: WorkersCosOptions) {
    const { subrequestBudget, ...forCore } = options;
    checkBudget(subrequestBudget);
    const memoryBudget = options.memoryBudget ?? MEMORY_BUDGET;
    const { runtime, meter, cores } = createWorkersRuntime({
      memoryBudget: Number(memoryBudget),
      subrequestBudget: subrequestBudget ?? undefined,
    });
    // An explicit budget makes core refuse a part above it instead of allocating extra memory.
    super(runtime, { ...forCore, memoryBudget });
    this.#meter = meter;
    this.#cores = cores;
  }

  /** Subrequests made so far: requests to COS including retries, and reads of R2. */
  get subrequests(): number {
    return this.#meter.used;
  }

  override uploadFile(parameters: UploadFileParameters): Promise<UploadResult> {
    return this.#cores.use(() => super.uploadFile(parameters));
  }

  override putObject(parameters: PutObjectParameters): Promise<UploadResult> {
    return this.#cores.use(() => super.putObject(parameters));
  }

  override appendObject(parameters: AppendObjectParameters): Promise<AppendObjectResult> {
    return this.#cores.use(() => super.appendObject(parameters));
  }

  override copyObject(parameters: CopyObjectParameters): Promise<CopyObjectResult> {
    return this.#cores.use(() => super.copyObject(parameters));
  }

  override getObject(parameters: GetObjectParameters): Promise<GetObjectResult> {
    // The body is read after the call, with a core that other calls may have by then: its CRC64 keeps nothing in it.
    return this.#cores.use(() => super.getObject(parameters));
  }

  override uploadPart(parameters: UploadPartBodyParameters): Promise<UploadPartResult> {
    return this.#cores.use(() => super.uploadPart(parameters));
  }
}

function checkBudget(budget: unknown): void {
  if (budget === undefined || budget === null) return;
  if (typeof budget !== "number") {
    throw new ArgumentTypeError("subrequestBudget", "must be a whole number of subrequests");
  }
  if (!Number.isInteger(budget) || budget < LEAST_SUBREQUESTS) {
    throw new ArgumentRangeError(
      "subrequestBudget",
      `must be a whole number of at least ${LEAST_SUBREQUESTS}, not ${budget}`,
    );
  }
}
