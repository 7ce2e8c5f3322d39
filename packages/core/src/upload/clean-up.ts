import { TransportError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import { messageOf } from "../text/message-of.ts";
import type { UploadOptions } from "./options.ts";
import { outcomeUnknown } from "./resolve-complete.ts";
import { afterFailedUpload, isNoSuchUpload, isUnknownAfterAbort } from "./resolve-outcome.ts";
import type { UploadTarget } from "./target.ts";
import type { UploadJob } from "./upload-job.ts";
import { warn } from "./warn.ts";

/** The longest that a call waits for the abort of an upload that it does not need: its network may be gone. */
const ABORT_MS = 10_000;

/** The result of the attempt to abort an upload; `unknown upload`: COS no longer knows it. */
export type Discarded = "aborted" | "unknown upload" | "left behind";

/** Aborts an upload of ours that nobody needs. A failure is a warning: the parts cost storage, but no data is lost. */
export async function discard(
  target: Pick<UploadTarget, "abort">,
  uploadId: string,
  options: Pick<UploadOptions, "onWarning">,
  clock: Clock,
): Promise<Discarded> {
  const limit = new AbortController();
  const cancel = clock.timer(ABORT_MS, () => {
    limit.abort(
      new TransportError(`abortMultipartUpload: no response within ${ABORT_MS / 1000} s`, "timeout"),
    );
  });
  try {
    await target.abort(uploadId, limit.signal);
    return "aborted";
  } catch (error) {
    if (isNoSuchUpload(error)) return "unknown upload";
    const message = `upload ${uploadId} could not be aborted (${messageOf(error)}); abort it later`;
    warn(options, "orphan-upload", message, uploadId);
    return "left behind";
  } finally {
    cancel();
  }
}

/**
 * Aborts an upload that failed and that no checkpoint names, unless COS may still be completing it.
 * @param completeInDoubt whether COS may have executed a Complete of this call
 * @returns the error that the call fails with
 */
export async function cleanUpFailedUpload(
  { target, options, dependencies }: UploadJob,
  uploadId: string,
  completeInDoubt: boolean,
  error: unknown,
): Promise<unknown> {
  // With "server", the next call finds the upload in COS's own list.
  if (options.resume === "server") return error;
  const next = afterFailedUpload(error);
  if (next === "leave") {
    const message = `upload ${uploadId} may be left behind, because the outcome of its Complete is unknown`;
    warn(options, "orphan-upload", message, uploadId);
  }
  if (next !== "abort") return error;
  const left = await discard(target, uploadId, options, dependencies.clock);
  if (!isUnknownAfterAbort(left, error, completeInDoubt)) return error;
  const why = left === "left behind" ? "the upload could not be aborted" : "COS no longer knows the upload";
  return outcomeUnknown(`the response to Complete was lost, and ${why}`, error);
}
