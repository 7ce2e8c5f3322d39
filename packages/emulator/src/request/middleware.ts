import { discard } from "../faults/response-body.ts";
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
    (next, stage) => (call) => runStage(stage, call, next),
    dispatch,
  );
}

/** A stage may throw when the operation has responded; the body of that response is not read then. */
async function runStage(
  stage: Middleware,
  call: Call,
  next: (call: Call) => Promise<EmulatorResponse>,
): Promise<EmulatorResponse> {
  let made: EmulatorResponse | undefined;
  try {
    return await stage(call, async () => {
      made = await next(call);
      return made;
    });
  } catch (error) {
    if (made) await discard(made);
    throw error;
  }
}
