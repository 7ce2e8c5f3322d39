import { recognizeCopies } from "./recognize-copies.ts";

/** A missing, unknown or mistyped parameter. Nothing was sent. */
export class ArgumentTypeError extends TypeError {
  /** The name of the class. */
  override readonly name = "TypeError";
  /** The name of the parameter. */
  readonly parameter: string;

  /**
   * Created by core and by adapters.
   * @param accepted what the parameter must be, for the message
   */
  constructor(parameter: string, accepted: string) {
    super(`${parameter}: ${accepted}`);
    this.parameter = parameter;
  }
}

/** A parameter whose value is not accepted. Nothing was sent. */
export class ArgumentRangeError extends RangeError {
  /** The name of the class. */
  override readonly name = "RangeError";
  /** The name of the parameter. */
  readonly parameter: string;

  /**
   * Created by core and by adapters.
   * @param accepted what the parameter must be, for the message
   */
  constructor(parameter: string, accepted: string, cause?: unknown) {
    super(`${parameter}: ${accepted}`, cause === undefined ? undefined : { cause });
    this.parameter = parameter;
  }
}

recognizeCopies(ArgumentTypeError, "ArgumentTypeError");
recognizeCopies(ArgumentRangeError, "ArgumentRangeError");
