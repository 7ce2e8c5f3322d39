import type { Call } from "./call.ts";
import type { EmulatorResponse } from "./message.ts";

/** Runs the next stage; a middleware may call it once, not at all, or change what it answers. */
export type Next = () => Promise<EmulatorResponse>;

/** A stage around an authenticated, recognised operation. */
export type Middleware = (call: Call, next: Next) => Promise<EmulatorResponse>;

/** Throw it to close the connection without an answer, before or after the operation took effect. */
export class HangUp extends Error {
  override readonly name = "HangUp";
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
