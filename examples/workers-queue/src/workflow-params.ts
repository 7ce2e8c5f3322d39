import type { LargeSource } from "./large-object-ledger.ts";
import type { MoveRequest } from "./move-ledger.ts";
import type { ReportedUpload } from "./unsure.ts";

/** What an instance of the Workflow moves. */
export type WorkflowParams =
  /** One page of the listing. It starts the instance of the next page, and one for each large object. */
  | (MoveRequest & { readonly page: number; readonly after: string })
  /** One large object. */
  | { readonly large: LargeSource };

/** How an instance ended. Objects that failed are in it; the instance itself has not failed then. */
export interface WorkflowOutput {
  readonly done: number;
  readonly failures: readonly { readonly key: string; readonly error: string }[];
  /** Unfinished uploads of a large object that may be of this move, or of another program. */
  readonly unsureUploads: readonly ReportedUpload[];
  /** Further instances that this one has started. */
  readonly started: readonly string[];
}
