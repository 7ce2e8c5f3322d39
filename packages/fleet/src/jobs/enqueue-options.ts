import { ArgumentRangeError, ArgumentTypeError } from "@cosup/node";
import type { RunSettings } from "../ledger/run-info.ts";
import type { RedisPlace } from "../redis/connect.ts";
import { checkPartSize } from "../transfer/plan-large.ts";
import { checkRunId, createRunId } from "./ids.ts";
import { checkQueueName, type QueuePlace } from "./queue.ts";

/** Options of {@link enqueueUploads}. */
export interface EnqueueOptions extends QueuePlace {
  /** Where Redis is. */
  readonly connection: RedisPlace;
  /** The bucket of all objects, as BucketName-APPID. Workers bring the keys that may write there. */
  readonly bucket: string;
  /**
   * Name of the run: 1 to 40 letters, digits, `_`, `.` and `-`; default: made from the time. With the name of an earlier run and
   * the same manifest, only what is missing is added.
   */
  readonly run?: string | undefined;
  /** Objects above this size, or above 16 MiB, are sent in parts of this size, in bytes: whole MiB, 1 MiB to 5 GiB; default 8 MiB. Objects up to 16 MiB or this size go in one request. */
  readonly partSize?: number | undefined;
  /** Most objects of one job, 1 to 1000; default 100. */
  readonly batchObjects?: number | undefined;
  /** Most bytes of one job, as far as the manifest has sizes; default 64 MiB. */
  readonly batchBytes?: number | undefined;
  /** Attempts of an object before it counts as failed, 1 to 100; default 5. */
  readonly attempts?: number | undefined;
  /**
   * Redis was restarted without what it held: each object is compared with what COS holds before it is sent, and the
   * multipart uploads go on that a worker still knows. Other unfinished uploads of the keys are left alone, and reported as
   * `unsure`. Default false.
   */
  readonly recover?: boolean | undefined;
  /**
   * Stops between two jobs, and 5 s later in any case: Redis may not respond. What was added stays, and the same call goes on from
   * there.
   */
  readonly signal?: AbortSignal | undefined;
  /** Receives the name of the run as soon as Redis has it: a call that fails later can be made again with it. */
  readonly onRun?: ((run: string) => void) | undefined;
  /**
   * Receives each setting of Redis that is accepted and risky, as one line, and that Redis has not responded for 10 s. Default:
   * printed to stderr.
   */
  readonly onWarning?: ((line: string) => void) | undefined;
}

const MIB = 1024 ** 2;

/** @throws {TypeError} {@link RangeError} naming the option */
export function checkEnqueueOptions(options: EnqueueOptions): { run: string; settings: RunSettings } {
  const { bucket, partSize, batchObjects, batchBytes, attempts } = options;
  if (typeof bucket !== "string" || bucket === "") {
    throw new ArgumentTypeError("bucket", "must be the name of a bucket, as BucketName-APPID");
  }
  checkQueueName(options.queue);
  return {
    run: options.run === undefined ? createRunId(Date.now()) : checkRunId(options.run),
    settings: {
      bucket,
      partSize: checkPartSize(partSize ?? 8 * MIB),
      batchObjects: wholeNumber("batchObjects", batchObjects, 100, [1, 1000]),
      batchBytes: wholeNumber("batchBytes", batchBytes, 64 * MIB, [1, 1024 * MIB]),
      attempts: wholeNumber("attempts", attempts, 5, [1, 100]),
    },
  };
}

/** A whole number in a range. @throws {RangeError} naming the option */
export function wholeNumber(
  name: string,
  value: number | undefined,
  normal: number,
  [least, most]: readonly [number, number],
): number {
  const chosen = value ?? normal;
  if (Number.isSafeInteger(chosen) && chosen >= least && chosen <= most) return chosen;
  throw new ArgumentRangeError(name, `must be a whole number from ${least} to ${most}`);
}
