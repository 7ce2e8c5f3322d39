/**
 * Uploads to Tencent Cloud COS from Cloudflare Workers: request bodies, forms and R2 objects; resumable across
 * isolates, every byte proven by CRC64.
 *
 * @module
 */
import { ArgumentRangeError, ArgumentTypeError, CosClient, type CosOptions } from "@cosup/core";
import { createWorkersRuntime } from "./runtime.ts";
import type { SubrequestMeter } from "./subrequest-meter.ts";

export * from "@cosup/core";
export {
  type CheckpointStorage,
  type DurableObjectCheckpointOptions,
  durableObjectCheckpoints,
} from "./checkpoints/durable-object-checkpoints.ts";
export type { R2Body, R2BucketLike, R2ObjectBodyLike, R2ObjectLike } from "./sources/platform.ts";

const MiB = 1024 * 1024;
/** Five parts of 8 MiB: what an isolate's 128 MB leave, with the Worker's own needs and a second upload in mind. */
const MEMORY_BUDGET = 40 * MiB;
/** Initiate, one part, Complete, and what is kept for retries and the abort. */
const LEAST_SUBREQUESTS = 8;

/** {@link CosOptions}, and what only Workers need. */
export interface WorkersCosOptions extends CosOptions {
  /**
   * Subrequests that this client may make: 50 on the free plan, 10 000 (or your own limit) on paid ones, less what
   * the rest of your Worker makes. Parts grow so that an upload fits; one that cannot fit is refused before anything
   * is sent, or, with checkpoints, stops half-way with `subrequests-exhausted`. Not given: no limit.
   */
  readonly subrequestBudget?: number | undefined;
}

/** A client for one invocation: its connections and its budget are those of the request that made it. */
export class WorkersCosClient extends CosClient {
  readonly #meter: SubrequestMeter;

  /** Use {@link createCos}. */
  constructor(options: WorkersCosOptions) {
    const { subrequestBudget, ...forCore } = options;
    checkBudget(subrequestBudget);
    const memoryBudget = options.memoryBudget ?? MEMORY_BUDGET;
    const { runtime, meter } = createWorkersRuntime({ memoryBudget, subrequestBudget });
    // Given explicitly, so that a part above it is refused instead of getting memory of its own.
    super(runtime, { ...forCore, memoryBudget });
    this.#meter = meter;
  }

  /** Subrequests made so far: requests to COS, retries included, and reads of R2. */
  get subrequests(): number {
    return this.#meter.used;
  }
}

/**
 * Makes a client. Make it inside the handler, one per invocation: Workers bind connections to the request that
 * opened them.
 * @throws {TypeError} {@link RangeError} a wrong option, named
 *
 * @example
 * ```ts
 * export default {
 *   async fetch(request: Request, env: Env): Promise<Response> {
 *     const cos = createCos({ Region: "ap-guangzhou", SecretId: env.SECRET_ID, SecretKey: env.SECRET_KEY });
 *     const { ETag, crc64 } = await cos.uploadFile({
 *       Bucket: "examplebucket-1250000000",
 *       Key: "exampleobject",
 *       Body: request,
 *     });
 *     return Response.json({ ETag, crc64 });
 *   },
 * };
 * ```
 */
export function createCos(options: WorkersCosOptions): WorkersCosClient {
  return new WorkersCosClient(options);
}

function checkBudget(budget: unknown): void {
  if (budget === undefined) return;
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
