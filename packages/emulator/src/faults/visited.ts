import { HangUp } from "../request/middleware.ts";
import type { OperationName } from "../request/operation.ts";
import type { EmulatorRequest, Settings } from "../types.ts";
import type { Fault, Moment } from "./instruction.ts";
import type { Interrupted } from "./interrupt.ts";
import type { Armed, Run } from "./run.ts";

/** Only these read a body: for all others it has ended when the operation begins. */
export const READS_BODY: ReadonlySet<OperationName> = new Set<OperationName>([
  "AppendObject",
  "CompleteMultipartUpload",
  "DeleteMultipleObjects",
  "PutObject",
  "PutObjectAcl",
  "PutObjectTagging",
  "UploadPart",
]);

/** What a visit is about. */
export interface Visited {
  readonly run: Run;
  readonly armed: ReadonlyMap<Moment, Armed>;
  readonly request: EmulatorRequest;
  readonly requestId: string;
  readonly resource: string;
  readonly settings: Settings;
  /** Has a delivery made when its time has come. */
  later(fault: Extract<Fault, { kind: "deliver-again" }>, deliver: () => Promise<void>): void;
  /** Makes the deliveries that waited for such an operation. */
  deliverDue(operation: OperationName): Promise<void>;
}

/** What interrupts a request has to know of it. */
export function interruptedBy({ request, requestId, resource }: Visited, settings: Settings): Interrupted {
  return {
    requestId,
    resource,
    method: request.method,
    now: settings.now(),
    async sleep(ms) {
      const gone = request.carrier?.gone;
      await settings.sleep(ms, gone);
      if (gone?.aborted) throw new HangUp();
    },
  };
}
