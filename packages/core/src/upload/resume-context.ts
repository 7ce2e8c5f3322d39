import type { DigestCore } from "../digest/digest-core.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { UploadOptions } from "./options.ts";
import type { Plan, StreamPlan } from "./plan.ts";
import type { StoredPart } from "./stored-parts.ts";
import type { UploadTarget } from "./target.ts";

/** What the search for an upload to resume needs. */
export interface ResumeContext {
  readonly target: UploadTarget;
  readonly source: ByteSource;
  readonly core: DigestCore;
  readonly options: UploadOptions;
  readonly plan: Plan | StreamPlan;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** An upload to resume, and the parts that COS holds of it. */
export interface Resumable {
  readonly uploadId: string;
  readonly partSize: number;
  readonly stored: ReadonlyMap<number, StoredPart>;
  readonly checkpoint: Checkpoint | undefined;
}
