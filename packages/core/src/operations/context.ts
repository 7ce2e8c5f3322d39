import type { ExchangeContext } from "../http/exchange.ts";
import type { UploadDependencies } from "../upload/options.ts";

/** What every operation needs of the client. */
export interface ClientContext extends ExchangeContext, UploadDependencies {}
