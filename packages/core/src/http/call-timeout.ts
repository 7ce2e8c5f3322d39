import { onAbort } from "../abort/abort-listeners.ts";
import { OwnSignal } from "../abort/own-signal.ts";
import { TransportError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";

/**
 * Runs one call under a signal that also aborts after `timeoutMs`. An iterator has no such limit: its reader decides how
 * long it takes.
 * @param operation the method's name, for the message
 * @param call the call's own signal
 */
export function withinTime<R>(
  clock: Clock,
  operation: string,
  timeoutMs: number,
  call: AbortSignal,
  run: (signal: AbortSignal) => R,
): R {
  const signal = new TimedSignal(call);
  const result = run(signal);
  if (!(result instanceof Promise)) return result;
  const cancelTimer = clock.timer(timeoutMs, () => {
    signal.expire(new TransportError(`${operation}: not done within ${timeoutMs} ms (timeoutMs)`, "timeout"));
  });
  result.then(cancelTimer, cancelTimer);
  return result;
}

/** Aborts with the call's signal, or when its time is over. It listens to that signal only while it has listeners itself. */
class TimedSignal extends OwnSignal {
  readonly #call: AbortSignal;
  #late: TransportError | undefined;
  #leaveCall: (() => void) | undefined;

  constructor(call: AbortSignal) {
    super();
    this.#call = call;
  }

  get aborted(): boolean {
    return this.#late !== undefined || this.#call.aborted;
  }

  get reason(): unknown {
    return this.#late ?? this.#call.reason;
  }

  expire(reason: TransportError): void {
    if (this.aborted) return;
    this.#late = reason;
    this.dispatchEvent(new Event("abort"));
  }

  protected override listened(): void {
    this.#leaveCall = onAbort(this.#call, () => this.dispatchEvent(new Event("abort")));
  }

  protected override left(): void {
    this.#leaveCall?.();
    this.#leaveCall = undefined;
  }
}
