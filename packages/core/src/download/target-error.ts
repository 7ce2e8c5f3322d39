import { CosError, type TargetErrorCode } from "../errors.ts";
import { recognizeCopies } from "../recognize-copies.ts";

/** The file cannot be written. What is at its path is as it was. */
export class TargetError extends CosError {
  /** The name of the class. */
  override readonly name = "TargetError";
  /** What went wrong, for programs. */
  declare readonly code: TargetErrorCode;

  /**
   * Created by core.
   * @param code `target-exists`: there is a file, and `overwrite` is false
   */
  constructor(
    message: string,
    code: TargetErrorCode,
    options: { readonly cause?: unknown; readonly hint?: string | undefined } = {},
  ) {
    super(message, { code, retryable: false, ...options });
  }
}

recognizeCopies(TargetError, "TargetError");
