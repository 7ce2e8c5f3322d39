import type { CosClient } from "@cosup/node";
import type { Redis } from "ioredis";
import type { FleetError } from "../fleet-error.ts";
import type { JobName } from "../jobs/ids.ts";
import type { FleetQueue } from "../jobs/queue.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { RestartWatch } from "../ledger/notice-restart.ts";
import type { RunInfo } from "../ledger/run-info.ts";
import { dropJob } from "../ledger/start-job.ts";
import { smallUpTo } from "../transfer/small-border.ts";
import type { TransferContext } from "../transfer/types.ts";
import type { Executors } from "./executors.ts";
import type { KnownUploads } from "./known-uploads.ts";
import type { Throttle } from "./throttle.ts";
import type { WorkerEvent } from "./worker-events.ts";

/** What all jobs of a worker share. */
export interface WorkerContext {
  readonly redis: Redis;
  readonly queue: FleetQueue;
  readonly cos: CosClient;
  readonly region: string | undefined;
  readonly executors: Executors;
  readonly throttle: Throttle;
  readonly known: KnownUploads;
  readonly restarts: RestartWatch;
  /** `RUN NOTE` of the uploads that this worker has said it cannot list. */
  readonly unlisted: Set<string>;
  /** Small objects of one batch that are sent at once, and parts of one range. */
  readonly objectsAtOnce: number;
  /** The memory budget of the client in bytes; undefined: it is another one's client. */
  readonly clientBytes: number | undefined;
  /** Bytes of the parts of one range that are in memory at once. */
  readonly rangeBytes: number;
  /** Aborted when no new object or range is to begin. */
  readonly draining: AbortSignal;
  /** Aborted when even what was begun must end. */
  readonly stopping: AbortSignal;
  readonly report: (event: WorkerEvent) => void;
  /** Ends the worker: it takes no new jobs, and `closed` rejects with this error. */
  readonly giveUp: (fault: FleetError) => void;
}

/** One job that this worker has taken. */
export interface Task {
  readonly worker: WorkerContext;
  readonly ledger: Ledger;
  readonly info: RunInfo;
  readonly job: JobName;
  /** Starts since the job last made progress, this one included. */
  readonly starts: number;
  /** Whether Redis may have lost results, so that COS may hold anything. */
  readonly isDoubtful: boolean;
  /** Whether COS may hold what this job sends: it was begun before, or Redis may have lost results. */
  readonly isRepeat: boolean;
  /** Aborted when another worker has taken the job over: nothing new is to begin. */
  readonly takenOver: AbortSignal;
}

/** What is to become of a job in the queue. */
export type Ending =
  /** It is over: done, or of no use any more. */
  | { readonly kind: "over" }
  /** It is taken again, by any worker, after a pause. */
  | { readonly kind: "later"; readonly delayMs: number };

/** The end of a job that is over. */
export const OVER: Ending = { kind: "over" };
/** The end of a job that this worker gives back at once, because it drains. */
export const GIVEN_BACK: Ending = { kind: "later", delayMs: 0 };

/** What a job of a large object belongs to. */
export interface LargeJob {
  readonly object: string;
  /** The note of its upload; undefined: the job begins the object. */
  readonly note?: string;
}

/** Ends a job that has nothing to do, or nothing more: it need not be added again when the queue loses it. */
export async function dropped({ ledger, job }: Task, large: LargeJob): Promise<Ending> {
  await dropJob(ledger, job, large);
  return OVER;
}

/** What the executors need, for one bucket. */
export function transferContext({ worker, info }: Task): TransferContext {
  return {
    cos: worker.cos,
    bucket: info.bucket,
    region: worker.region,
    signal: worker.stopping,
    concurrency: worker.objectsAtOnce,
    memoryBudget: worker.rangeBytes,
  };
}

/** Whether an object of this size goes in parts. */
export function isLarge({ worker, info }: Task, size: number): boolean {
  return size > smallUpTo(info.partSize, worker.clientBytes);
}

/** Whether nothing new is to begin. */
export function mustStop({ worker, takenOver }: Task): boolean {
  return worker.draining.aborted || takenOver.aborted;
}
