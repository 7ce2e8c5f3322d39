import { onAbort } from "../abort-listeners.ts";
import { TransportError } from "../errors.ts";
import type { Clock } from "../runtime.ts";
import type { Call } from "./call.ts";
import type { BodyWatch } from "./watched-body.ts";

/** COS answers parts and small objects well within this. */
const ANSWER_TIMEOUT_MS = 60_000;
/** A streamed body that gives nothing for so long, while it is waited for, gives nothing more. */
const PIECE_TIMEOUT_MS = 60_000;
/** A body must move at least this fast on average; the lowest TrafficLimit is 100 KB/s. */
const MIN_BYTES_PER_MS = 32 * 1.024;

/**
 * What ends one attempt early: the caller's abort, or its deadline. It becomes an AbortSignal only for runtimes that
 * ask for one; making one takes Node 10 µs, a tenth of what a small object costs.
 */
export class Deadline implements BodyWatch {
  readonly #clock: Clock;
  readonly #call: Call;
  readonly #cancelTimer: () => void;
  readonly #stopListening: () => void;
  #ended: { readonly reason: unknown } | undefined;
  #controller: AbortController | undefined;
  #listener: ((reason: unknown) => void) | undefined;

  constructor(clock: Clock, call: Call) {
    this.#clock = clock;
    this.#call = call;
    const limitMs = (call.answerTimeoutMs ?? ANSWER_TIMEOUT_MS) + (call.body?.length ?? 0) / MIN_BYTES_PER_MS;
    this.#cancelTimer = this.#within(limitMs, "no answer");
    this.#stopListening = onAbort(call.signal, () => this.#end(call.signal?.reason));
  }

  /** Why it has ended. */
  get ended(): { readonly reason: unknown } | undefined {
    return this.#ended;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#ended !== undefined) this.#controller.abort(this.#ended.reason);
    }
    return this.#controller.signal;
  }

  /** Calls `listener` at the end, at once when it is past; there is one listener. */
  onEnd(listener: (reason: unknown) => void): void {
    this.#listener = listener;
    if (this.#ended !== undefined) listener(this.#ended.reason);
  }

  /** The answer is there in time. */
  cancel(): void {
    this.#cancelTimer();
  }

  expectPiece(): () => void {
    return this.#within(PIECE_TIMEOUT_MS, "no more of the body");
  }

  /** Lets go of the caller's signal. */
  release(): void {
    this.#stopListening();
    this.#listener = undefined;
  }

  #within(limitMs: number, missing: string): () => void {
    return this.#clock.timer(limitMs, () => {
      const text = `${this.#call.operation}: ${missing} within ${Math.round(limitMs / 1000)} s`;
      this.#end(new TransportError(text, "timeout"));
    });
  }

  #end(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { reason };
    this.#controller?.abort(reason);
    this.#listener?.(reason);
  }
}
