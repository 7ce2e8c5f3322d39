import { isCosError } from "@cosup/node";
import { TransferError } from "../errors.ts";

/** Why an entry could not be stored. JSON, without secrets: ledgers and reports hold it. */
export interface Failure {
  /** The `code` of a {@link TransferError} or a CosError, `wrong-parameter`, or `unexpected`. */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
  /** What the user can do, in one sentence. */
  readonly hint?: string | undefined;
  /** Whether another attempt would fail in the same way. */
  readonly permanent: boolean;
  /** Whether COS asks for fewer requests. */
  readonly throttled: boolean;
}

/** Describes what a function of this package threw. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TransferError || isCosError(error)) {
    const { code, message, hint, retryable } = error;
    // Somebody has to look before it is sent again: so does the next attempt, which compares first.
    const permanent = !retryable && code !== "outcome-unknown";
    return {
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      permanent,
      throttled: code === "throttled",
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const isArgument = error instanceof TypeError || error instanceof RangeError;
  const code = isArgument ? "wrong-parameter" : "unexpected";
  return { code, message, permanent: isArgument, throttled: false };
}
