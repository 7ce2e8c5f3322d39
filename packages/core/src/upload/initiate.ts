import { CosError, ServiceError } from "../errors.ts";
import { outcomeOf } from "../http/outcome.ts";
import type { UploadOptions } from "./options.ts";
import type { UploadTarget } from "./target.ts";
import { warn } from "./warn.ts";

/** Times that Initiate is sent. */
const SENDS = 2;

/**
 * Decides what follows a failed Initiate.
 * - `fail`: it created no upload;
 * - `fail-with-orphan`: it may have created one, and is not sent again;
 * - `repeat`: it may have created one, and is sent again.
 */
export function afterInitiate(failure: unknown, lastSend: boolean): "fail" | "fail-with-orphan" | "repeat" {
  if (outcomeOf(failure) !== "unknown") return "fail";
  // Only the outcome of a CosError can be unknown.
  return lastSend || !isWorthRepeating(failure as CosError) ? "fail-with-orphan" : "repeat";
}

/**
 * Initiates an upload. Initiate is not idempotent: each one that COS executes creates an upload. When its outcome is
 * unknown, it is sent once more, and a warning says that an empty upload may be left behind.
 */
export async function initiate(
  target: Pick<UploadTarget, "initiate" | "repeats">,
  options: Pick<UploadOptions, "Key" | "onWarning">,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  for (let sends = 1; ; sends += 1) {
    try {
      return await target.initiate(signal);
    } catch (error) {
      const next = afterInitiate(error, sends === SENDS);
      if (!signal.aborted && next === "fail") throw error;
      const message = `the response to Initiate was lost: an empty upload of ${options.Key} may be left behind`;
      warn(options, "orphan-upload", message);
      if (signal.aborted || next !== "repeat") throw error;
      if (error instanceof CosError) target.repeats?.(error, 0, "createMultipartUpload");
    }
  }
}

/** A response that COS did not send, such as the refusal of a firewall, is final unless its status is 2xx or 5xx. */
function isWorthRepeating(error: CosError): boolean {
  return error.retryable || (error instanceof ServiceError && (error.status >= 500 || error.status < 300));
}
