import type { Call } from "./call.ts";
import type { EmulatorResponse } from "./message.ts";

/** Runs the next stage; a middleware may call it once, not at all, or change what it answers. */
export type Next = () => Promise<EmulatorResponse>;

/** A stage around an authenticated, recognised operation. */
export type Middleware = (call: Call, next: Next) => Promise<EmulatorResponse>;

/**
 * How a connection is left without an answer: closed, reset, or ended in its direction; `silence` reads on and never
 * answers, `stop-reading` does not even read.
 */
export type HangUpManner = "close" | "reset" | "fin" | "silence" | "stop-reading";

/** Throw it to leave the connection without an answer, before or after the operation took effect. */
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
