import { HangUp } from "../request/middleware.ts";
import type { OperationName } from "../request/operation.ts";
import type { EmulatorRequest, Settings } from "../types.ts";
import type { Fault, Moment } from "./instruction.ts";
import type { RequestInfo } from "./interrupt.ts";
import type { Armed, Run } from "./run.ts";

/** The operations that read a body. For all others, the body has ended when the operation begins. */
export const READS_BODY: ReadonlySet<OperationName> = new Set<OperationName>([
  "AppendObject",
  "CompleteMultipartUpload",
  "DeleteMultipleObjects",
  "PostObject",
  "PutBucketAcl",
  "PutBucketCors",
  "PutBucketVersioning",
  "PutBucketLifecycle",
  "PutObject",
  "PutObjectAcl",
  "PutObjectTagging",
  "RestoreObject",
  "UploadPart",
]);

/** What `FaultedRequest` needs to know. */
export interface FaultContext {
  readonly run: Run;
  readonly armed: ReadonlyMap<Moment, Armed>;
  readonly request: EmulatorRequest;
  readonly requestId: string;
  readonly resource: string;
  readonly settings: Settings;
  /** Schedules a delivery. */
  later(fault: Extract<Fault, { kind: "deliver-again" }>, deliver: () => Promise<void>): void;
  /** Makes the deliveries that waited for this operation. */
  deliverDue(operation: OperationName): Promise<void>;
}

/** The part of the context that `interrupt` and `changeResponse` need. */
export function requestInfoOf(
  { request, requestId, resource }: FaultContext,
  settings: Settings,
): RequestInfo {
  return {
    requestId,
    resource,
    method: request.method,
    now: settings.now(),
    async sleep(ms) {
      const gone = request.connection?.gone;
      await settings.sleep(ms, gone);
      if (gone?.aborted) throw new HangUp();
    },
  };
}
