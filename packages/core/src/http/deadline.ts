import { onAbort } from "../abort/abort-listeners.ts";
import { TransportError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Ending, inKernel, type Line, type Sending } from "./line.ts";
import type { RequestSpec } from "./request-spec.ts";
import type { BodyWatch } from "./watched-body.ts";

/** Longest silence: no byte of the body is accepted, and no response comes. COS responds well within it. */
const SILENCE_MS = 60_000;
/** A streamed body that gives nothing for so long, while it is waited for, gives nothing more. */
const PIECE_TIMEOUT_MS = 60_000;

/**
 * What ends one attempt early: the caller's abort, or its deadline. It becomes an AbortSignal only for runtimes that
 * ask for one; making one takes Node 10 µs, a tenth of what a small object costs.
 *
 * The deadline is a limit on silence, never on the whole: while the socket accepts bytes, it begins again. They are
 * counted when the timer fires, so that progress costs nothing. After the last byte it waits for as long as the kernel
 * may need for what it has accepted.
 */
export class Deadline implements BodyWatch, Sending {
  readonly length: number;
  readonly #clock: Clock;
  readonly #spec: RequestSpec;
  readonly #line: Line;
  readonly #silenceMs: number;
  readonly #stopListening: () => void;
  #phase: "new" | "queued" | "sending" | "over" = "new";
  #cancelTimer: (() => void) | undefined;
  #endStream: (() => void) | undefined;
  #unsent: (() => number) | undefined;
  /** Bytes that the socket had accepted when somebody last looked. */
  #seen = 0;
  /** Time since then. */
  #waitedMs = 0;
  #ended: { readonly reason: unknown } | undefined;
  #controller: AbortController | undefined;
  #listener: ((reason: unknown) => void) | undefined;

  constructor(clock: Clock, spec: RequestSpec, line: Line) {
    this.length = spec.body?.length ?? 0;
    this.#clock = clock;
    this.#spec = spec;
    this.#line = line;
    this.#silenceMs = spec.responseTimeoutMs ?? SILENCE_MS;
    this.#stopListening = onAbort(spec.signal, () => this.#end(spec.signal?.reason));
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

  /** The runtime has been given the request. If it says nothing else, it is being sent. */
  given(): void {
    if (this.#phase === "new") this.start(undefined);
  }

  /** The request waits in a queue of the runtime. It may, as long as requests before it are being carried out. */
  queue(): void {
    if (this.#phase === "over") return;
    this.#leaveLine("other");
    this.#phase = "queued";
    this.#awaitTurn(this.#line.endings);
  }

  /** @param unsent bytes that the socket has not accepted yet; undefined when the runtime cannot tell */
  start(unsent: (() => number) | undefined): void {
    if (this.#phase === "over") return;
    this.#leaveLine("other");
    this.#phase = "sending";
    this.#line.begin(this);
    this.#unsent = unsent;
    this.#seen = 0;
    this.#waitedMs = 0;
    const drainMs = unsent === undefined ? this.#line.drainMs(this.length, this) : 0;
    this.#checkAfter(this.#silenceMs + drainMs);
  }

  accepted(): number | undefined {
    return this.#unsent === undefined ? undefined : Math.max(0, this.length - this.#unsent());
  }

  /** The attempt is over, but for a streamed body; only the first call counts. */
  finish(ending: Ending): void {
    if (this.#phase === "over") return;
    this.#leaveLine(ending);
    this.#phase = "over";
  }

  /** The caller reads the response's body: until `release`. */
  handOver(): void {
    this.#endStream = this.#line.stream();
  }

  expectPiece(): () => void {
    return this.#clock.timer(PIECE_TIMEOUT_MS, () => this.#fail("no more of the body", PIECE_TIMEOUT_MS));
  }

  /** Lets go of the caller's signal. */
  release(): void {
    this.#stopListening();
    this.#endStream?.();
    this.#endStream = undefined;
    this.#listener = undefined;
  }

  #leaveLine(ending: Ending): void {
    this.#cancelTimer?.();
    if (this.#phase === "sending") this.#line.end(this, ending);
    this.#unsent = undefined;
  }

  #awaitTurn(endings: number): void {
    this.#cancelTimer = this.#clock.timer(SILENCE_MS, () => {
      if (this.#line.busy || this.#line.endings !== endings) this.#awaitTurn(this.#line.endings);
      else this.#fail("no connection", SILENCE_MS, "connect");
    });
  }

  #checkAfter(delayMs: number): void {
    this.#cancelTimer = this.#clock.timer(delayMs, () => {
      this.#waitedMs += delayMs;
      this.#check();
    });
  }

  #check(): void {
    const accepted = this.accepted() ?? this.length;
    const complete = accepted >= this.length;
    if (!complete && accepted > this.#seen) {
      this.#seen = accepted;
      this.#waitedMs = 0;
      this.#checkAfter(this.#silenceMs);
      return;
    }
    const due = inKernel(this.#seen) + (complete ? this.length - this.#seen : 0);
    const limitMs = this.#silenceMs + this.#line.drainMs(due, this);
    if (limitMs - this.#waitedMs >= 1) this.#checkAfter(limitMs - this.#waitedMs);
    else this.#fail(complete ? "no response" : "no progress", limitMs);
  }

  #fail(missing: string, limitMs: number, failure: "timeout" | "connect" = "timeout"): void {
    const text = `${this.#spec.operation}: ${missing} within ${Math.round(limitMs / 1000)} s`;
    this.finish(failure === "timeout" ? "timeout" : "other");
    this.#end(new TransportError(text, failure));
  }

  #end(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { reason };
    this.#controller?.abort(reason);
    this.#listener?.(reason);
  }
}
