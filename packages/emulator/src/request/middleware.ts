import type { Call, EmulatorResponse, HangUpManner, Middleware } from "../types.ts";

/** Throw it to leave the connection without a response, before or after the operation took effect. */
export class HangUp extends Error {
  override readonly name = "HangUp";
  readonly manner: HangUpManner;

  constructor(manner: HangUpManner = "close") {
    super(manner);
    this.manner = manner;
  }
}

/** Folds the stages into one function, the first of the list outermost. */
export function compose(
  stages: readonly Middleware[],
  dispatch: (call: Call) => Promise<EmulatorResponse>,
): (call: Call) => Promise<EmulatorResponse> {
  return stages.reduceRight<(call: Call) => Promise<EmulatorResponse>>(
    (next, stage) => (call) => stage(call, () => next(call)),
    dispatch,
  );
}
