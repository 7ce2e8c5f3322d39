import type { ExchangeContext } from "../http/exchange.ts";
import type { UploadDependencies } from "../upload/options.ts";

/** What every operation needs of the client. */
export interface ClientContext extends ExchangeContext, UploadDependencies {
  /** Bytes of part buffers that all uploads share. */
  readonly memoryBudget: number;
}
