/** The keys of a run in Redis. `job` stands for a JobName, `object` for the name of a large object. */
export interface RunKeys {
  /** Hash: what the run was enqueued with, and its totals. */
  readonly info: string;
  /** Sorted set of all jobs that must still run; the score is when somebody last saw that the queue has it, in milliseconds. */
  readonly pending: string;
  /** Hash, job → the entries of a batch that are not done. */
  readonly batches: string;
  /** Hash, batch or object → a digest of what was enqueued, so that a different manifest is noticed. */
  readonly digests: string;
  /** Hash, object → its entry, as long as it is not done. */
  readonly large: string;
  /** Hash, object → its upload id, facts and plan. */
  readonly states: string;
  /** Hash, job → how often it was started since it last made progress. */
  readonly starts: string;
  /** Hash, job → attempts that failed. */
  readonly tries: string;
  /** Hash, job → the line that a careful worker has in hand, and how many workers were lost with it. */
  readonly marks: string;
  /** Hash: compressed results of a batch or of a large object. */
  readonly results: string;
  /** Hash, line → the entry and why it failed. */
  readonly failures: string;
  /** Hash of the multipart uploads that the run began and has neither completed nor aborted. */
  readonly uploads: string;
}

/** @param prefix that of the queue */
export function runKeys(prefix: string, run: string): RunKeys {
  const key = (name: string): string => `${prefix}:fleet:${run}:${name}`;
  return {
    info: key("info"),
    pending: key("pending"),
    batches: key("batches"),
    digests: key("digests"),
    large: key("large"),
    states: key("states"),
    starts: key("starts"),
    tries: key("tries"),
    marks: key("marks"),
    results: key("results"),
    failures: key("failures"),
    uploads: key("uploads"),
  };
}

/** Hash, partNumber → a part of a large object. */
export function partsKey(prefix: string, run: string, object: string): string {
  return `${prefix}:fleet:${run}:parts:${object}`;
}

/** Sorted set of all runs; the score is when it was enqueued first. */
export function runsKey(prefix: string): string {
  return `${prefix}:fleet:runs`;
}

/** Sorted set of workers; the score is when each was last alive. */
export function workersKey(prefix: string): string {
  return `${prefix}:fleet:workers`;
}

/** Exists while one worker of the queue looks for lost jobs. */
export function sweepKey(prefix: string, queue: string): string {
  return `${prefix}:fleet:sweep:${queue}`;
}

/** The `run_id` of the server that the ledger was last written with. */
export function serverKey(prefix: string): string {
  return `${prefix}:fleet:server`;
}

/** Exists while workers wait because COS throttled requests for a bucket. */
export function throttleKeys(prefix: string, bucket: string): { until: string; level: string } {
  return {
    until: `${prefix}:fleet:throttled:${bucket}`,
    level: `${prefix}:fleet:throttle-level:${bucket}`,
  };
}
