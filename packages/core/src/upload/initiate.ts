import { ServiceError, TransportError } from "../errors.ts";
import { certainlyNotDone } from "../http/retry.ts";
import type { UploadOptions } from "./options.ts";
import type { UploadTarget } from "./target.ts";

/** Initiate is not idempotent: when its answer is lost, it is sent once more, and the possible orphan reported. */
export async function initiate(
  target: Pick<UploadTarget, "initiate">,
  options: Pick<UploadOptions, "Key" | "onWarning">,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  for (let sends = 1; ; sends += 1) {
    try {
      return await target.initiate(signal);
    } catch (error) {
      if (!signal.aborted && !isLost(error)) throw error;
      options.onWarning?.({
        code: "orphan-upload",
        message: `the answer to Initiate was lost: an empty upload of ${options.Key} may be left behind`,
      });
      if (signal.aborted || sends === 2) throw error;
    }
  }
}

/** Whether Initiate may have happened although it failed. */
function isLost(error: unknown): boolean {
  if (certainlyNotDone(error)) return false;
  if (error instanceof TransportError) return true;
  return error instanceof ServiceError && (error.retryable || error.status >= 500 || error.status < 300);
}
