import type { RetryContext } from "../http/retry.ts";
import type { UploadDependencies } from "../upload/options.ts";

/** What every operation needs of the client. */
export interface ClientContext extends RetryContext, UploadDependencies {
  /** Bytes of part buffers that all uploads share. */
  readonly memoryBudget: number;
}
