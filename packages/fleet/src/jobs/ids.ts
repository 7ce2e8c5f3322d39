import { randomBytes } from "node:crypto";
import { ArgumentTypeError } from "@cosup/node";

/**
 * A job of a run:
 * - `b0`, `b1` … a batch of the manifest; `t0`, `t1` … a batch of failed entries that are tried again;
 * - `o17.init` begins the large object of line 17 with a multipart upload; the ledger notes it as `o17:4f0c9b2e71aa`;
 * - `o17.4f0c9b2e71aa.r33` sends a range of parts of that upload that begins with part 33, `o17.4f0c9b2e71aa.done` completes it.
 *
 * The name follows from the manifest and the upload, so that adding a job again changes nothing, and that a job of an
 * earlier upload never stands for one of a later upload.
 */
export type JobName = string;

/** What a job does. */
export type JobTask =
  | { readonly kind: "batch" }
  | { readonly kind: "init"; readonly object: string }
  | { readonly kind: "range"; readonly object: string; readonly note: string; readonly from: number }
  | { readonly kind: "done"; readonly object: string; readonly note: string };

const RUN = /^[A-Za-z0-9_.-]{1,40}$/;
const JOB = /^(?:[bt]\d+|(o\d+)\.(?:init|([0-9a-f]{12})\.(?:done|r(\d+))))$/;

/** An id for a new run: the time and some random characters. It is short, because each job's key contains it. */
export function createRunId(now: number): string {
  return `${now.toString(36)}${randomBytes(3).toString("hex")}`;
}

/** @throws {TypeError} the id has other characters than letters, digits, `_`, `.` and `-`, or more than 40 */
export function checkRunId(run: string): string {
  if (!RUN.test(run)) throw new ArgumentTypeError("run", "must be 1 to 40 letters, digits, '_', '.' or '-'");
  return run;
}

/** The id of a job in BullMQ. */
export function jobIdOf(run: string, job: JobName): string {
  return `${run}-${job}`;
}

/** The run and the job of an id; undefined: the id is none of ours. */
export function parseJobId(id: string): { run: string; job: JobName; task: JobTask } | undefined {
  const at = id.lastIndexOf("-");
  const job = id.slice(at + 1);
  const task = at < 1 ? undefined : taskOf(job);
  return task && { run: id.slice(0, at), job, task };
}

function taskOf(job: JobName): JobTask | undefined {
  const match = JOB.exec(job);
  if (match === null) return undefined;
  const [, object, upload, from] = match;
  if (object === undefined) return { kind: "batch" };
  if (upload === undefined) return { kind: "init", object };
  const note = `${object}:${upload}`;
  return from === undefined
    ? { kind: "done", object, note }
    : { kind: "range", object, note, from: Number(from) };
}

/** A name for a new upload of an object, in the ledger's list of uploads. */
export function createNote(object: string): string {
  return `${object}:${randomBytes(6).toString("hex")}`;
}

/** The job that sends a range of the parts of an upload. */
export function rangeJob(note: string, from: number): JobName {
  return `${note.replace(":", ".")}.r${from}`;
}

/** The job that completes an upload. */
export function doneJob(note: string): JobName {
  return `${note.replace(":", ".")}.done`;
}

/** The name of the large object of a line of the manifest. */
export function objectOf(line: number): string {
  return `o${line}`;
}

/** The line of the manifest of a large object. */
export function lineOf(object: string): number {
  return Number(object.slice(1));
}
