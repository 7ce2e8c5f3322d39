import type { RetryContext } from "../http/retry.ts";
import type { ContentTypes } from "../params/content-type.ts";
import type { CheckpointStore } from "../runtime/checkpoint-store.ts";
import type { ReadAhead } from "../runtime/read-ahead.ts";
import type { UploadDependencies } from "../upload/options.ts";

/** What every transfer needs of the client. */
export interface ClientContext extends RetryContext, UploadDependencies {
  /** Bytes of part buffers that all uploads share. */
  readonly memoryBudget: number;
  /** Bytes that other consumers of a stream read before its upload does, for all streams of the client. */
  readonly readAhead: ReadAhead;
  readonly contentTypes: ContentTypes;
  /** Where `uploadFile` keeps checkpoints when its call does not say. */
  readonly checkpoints?: CheckpointStore | undefined;
}
