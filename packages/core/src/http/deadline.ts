import { onAbort } from "../abort/abort-listeners.ts";
import { TransportError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { BodyWatch } from "./body-watch.ts";
import { type Ending, inKernel, type Line } from "./line.ts";
import type { PacedBody } from "./paced-body.ts";
import type { RequestSpec } from "./request-spec.ts";
import type { Sending } from "./sending.ts";

/** Longest time that a request waits for a connection while no other makes progress. */
const QUEUED_MS = 60_000;

/**
 * Ends one attempt early: when the caller aborts, or when nothing has moved for too long. An AbortSignal is created only
 * for runtimes that read `signal`; creating one takes Node 10 µs, a tenth of what a small object costs.
 *
 * The limit is on the time without progress, not on the whole request: as long as the socket accepts bytes, it starts
 * again. The bytes are counted only when the timer fires, so progress itself costs nothing. After the last byte, the limit
 * allows for the time that the kernel may need to send what it has accepted.
 */
export class Deadline implements BodyWatch, Sending {
  readonly length: number;
  readonly #clock: Clock;
  readonly #spec: RequestSpec;
  readonly #line: Line;
  /** Longest time without progress: no byte of the body accepted, no response. */
  readonly #silenceMs: number;
  /** Longest time that the reader of a streamed body waits for its next chunk. */
  readonly #chunkMs: number;
  readonly #stopListening: () => void;
  readonly #paced: PacedBody | undefined;
  #phase: "new" | "queued" | "sending" | "over" = "new";
  #cancelTimer: (() => void) | undefined;
  #endStream: (() => void) | undefined;
  #unsent: (() => number) | undefined;
  /** Bytes that the socket had accepted at the last check. */
  #seen = 0;
  /** Milliseconds since then. */
  #waitedMs = 0;
  #ended: { readonly reason: unknown } | undefined;
  #controller: AbortController | undefined;
  #listener: ((reason: unknown) => void) | undefined;

  /**
   * @param silenceMs longest time without progress; that of the request counts when it is longer
   * @param paced the body, when it is sent at a limited rate: while we hold it back, no time runs
   */
  constructor(clock: Clock, spec: RequestSpec, line: Line, silenceMs: number, paced?: PacedBody) {
    this.length = spec.body?.length ?? 0;
    this.#clock = clock;
    this.#spec = spec;
    this.#line = line;
    this.#paced = paced;
    this.#silenceMs = Math.max(spec.responseTimeoutMs ?? 0, silenceMs);
    this.#chunkMs = silenceMs;
    this.#stopListening = onAbort(spec.signal, (reason) => this.#end(reason));
  }

  /** Why the attempt was ended; undefined while it was not. */
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

  /** Calls `listener` when the attempt is ended early, at once when it was already. There is one listener. */
  onEnd(listener: (reason: unknown) => void): void {
    this.#listener = listener;
    if (this.#ended !== undefined) listener(this.#ended.reason);
  }

  /** The runtime has received the request. Unless it reports a queue, the request is being sent. */
  submitted(): void {
    if (this.#phase === "new") this.start(undefined);
  }

  /** The request waits in a queue of the runtime. It may wait as long as other requests make progress. */
  queue(): void {
    if (this.#phase === "over") return;
    this.#leaveLine("other");
    this.#phase = "queued";
    this.#awaitTurn(this.#line.endings);
  }

  /**
   * The request has a connection and is being sent.
   * @param unsent bytes that the socket has not accepted yet; undefined when the runtime cannot tell
   */
  start(unsent: (() => number) | undefined): void {
    if (this.#phase === "over") return;
    this.#leaveLine("other");
    this.#phase = "sending";
    this.#line.begin(this);
    this.#spec.follower?.begin(this);
    this.#unsent = unsent;
    this.#seen = 0;
    this.#waitedMs = 0;
    this.#checkAfter(this.#silenceMs);
  }

  accepted(): number | undefined {
    if (this.#unsent !== undefined) return Math.max(0, this.length - this.#unsent());
    return this.#paced === undefined ? undefined : Math.min(this.length, this.#paced.granted);
  }

  /** The response is complete, except for a streamed body. Only the first call counts. */
  finish(ending: Ending): void {
    this.#leaveLine(ending);
    this.#phase = "over";
  }

  /** The caller reads the response's body, until `release`. */
  handOver(): void {
    this.#endStream = this.#line.stream();
  }

  expectChunk(): () => void {
    return this.#clock.timer(this.#chunkMs, () => this.#fail("no more of the body", this.#chunkMs));
  }

  /** Stops listening to the caller's signal. */
  release(): void {
    this.#stopListening();
    this.#endStream?.();
    this.#endStream = undefined;
    this.#listener = undefined;
  }

  #leaveLine(ending: Ending): void {
    this.#cancelTimer?.();
    if (this.#phase === "sending") {
      this.#line.end(this, ending);
      this.#spec.follower?.end(this);
    }
    this.#unsent = undefined;
  }

  #awaitTurn(endings: number): void {
    this.#cancelTimer = this.#clock.timer(QUEUED_MS, () => {
      if (this.#paced?.held() || this.#line.busy || this.#line.endings !== endings)
        this.#awaitTurn(this.#line.endings);
      else this.#fail("no connection", QUEUED_MS, "connect");
    });
  }

  #checkAfter(delayMs: number): void {
    this.#cancelTimer = this.#clock.timer(delayMs, () => {
      this.#waitedMs += delayMs;
      this.#check();
    });
  }

  #check(): void {
    if (this.#spec.sink?.moved() === true) {
      this.#waitedMs = 0;
      this.#checkAfter(this.#silenceMs);
      return;
    }
    const accepted = this.accepted() ?? this.length;
    const complete = accepted >= this.length;
    if (!complete && (accepted > this.#seen || this.#paced?.held())) {
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
    const seconds = limitMs < 10_000 ? limitMs / 1000 : Math.round(limitMs / 1000);
    const text = `${this.#spec.operation}: ${missing} within ${seconds} s`;
    // One that waits for a connection is not on the line.
    this.finish("timeout");
    this.#end(new TransportError(text, failure));
  }

  #end(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { reason };
    this.#controller?.abort(reason);
    this.#listener?.(reason);
  }
}
