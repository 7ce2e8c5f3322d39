/** What a worker reports while it runs. No text has a secret in it. */
export type WorkerEvent =
  /** A setting of Redis that is accepted and risky, or something that went wrong and will be tried again. */
  | { readonly type: "warning"; readonly message: string }
  /** An object is stored and verified. */
  | { readonly type: "done"; readonly run: string; readonly key: string; readonly size: number }
  /** An object failed for good. */
  | {
      readonly type: "failed";
      readonly run: string;
      readonly key: string;
      readonly code: string;
      readonly message: string;
    }
  /** COS throttled requests; all workers wait. */
  | { readonly type: "throttled"; readonly waitMs: number }
  /** This worker noticed that another one was lost with a job, which is in the queue again. */
  | { readonly type: "loss-noticed"; readonly job: string }
  /** Jobs that the queue had lost and that this worker has added again. */
  | { readonly type: "recovered"; readonly run: string; readonly jobs: number }
  /** The worker takes no new jobs and ends those that it has. */
  | { readonly type: "draining" };
