import { CosError, ServiceError } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Diagnostics } from "../runtime/diagnostics.ts";
import { messageOf } from "../text/message-of.ts";
import type { RequestEvent, RequestHooks, RetryEvent } from "./request-events.ts";
import type { CosResponse, RequestSpec } from "./request-spec.ts";

/** An attempt that somebody watches. The same object is published at its start and at its end. */
export type Observed = { -readonly [Name in keyof RequestEvent]: RequestEvent[Name] };

/** What an event says of its request. */
export type ObservedRequest = Pick<RequestSpec, "operation" | "method" | "Bucket" | "Key">;

/** Tells hooks and diagnostics channels what the requests of a client do. */
export class Observer {
  readonly #clock: Clock;
  readonly #hooks: RequestHooks;
  readonly #channels: Diagnostics | undefined;
  /** Of the failures that were watched, until nobody has them any more. */
  readonly #failed = new WeakMap<object, Observed>();
  #warned = false;

  constructor(clock: Clock, { onRequest, onRetry }: RequestHooks, channels: Diagnostics | undefined) {
    this.#clock = clock;
    this.#hooks = {
      onRequest: this.guarded("onRequest", onRequest),
      onRetry: this.guarded("onRetry", onRetry),
    };
    this.#channels = channels;
  }

  /** An attempt is about to be sent. Undefined when nobody watches, so that an upload has no costs of it. */
  begin(spec: RequestSpec, attempt: number): Observed | undefined {
    if (!this.#isWatched()) return undefined;
    const event = this.#create(spec, attempt);
    this.#channels?.start.publish(event);
    return event;
  }

  succeeded(event: Observed, response: CosResponse): void {
    this.#finish(event, response);
    this.#channels?.end.publish(event);
    this.#hooks.onRequest?.(event);
  }

  /** @param response what COS responded, if it did */
  failed(event: Observed, error: unknown, response: CosResponse | undefined): void {
    this.#finish(event, response);
    if (error instanceof ServiceError) event.requestId ??= error.requestId;
    event.errorCode = error instanceof CosError ? error.code : "aborted";
    if (error instanceof CosError) this.#failed.set(error, event);
    this.#channels?.error.publish(event);
    this.#hooks.onRequest?.(event);
  }

  retries(event: Observed, delayMs: number): void {
    const retry: RetryEvent = { delayMs, ...event };
    this.#channels?.retry.publish(retry);
    this.#hooks.onRetry?.(retry);
  }

  /**
   * A request is sent again although its own attempts have ended: COS has been asked what became of it, or the checksum in its
   * response is not that of the body.
   * @param request what the event says when the request itself did not fail
   */
  repeats(failure: CosError, delayMs: number, request: ObservedRequest): void {
    const event = this.#failed.get(failure) ?? this.#create(request, 1);
    this.retries({ ...event, errorCode: failure.code }, delayMs);
  }

  #create({ operation, method, Bucket, Key }: ObservedRequest, attempt: number): Observed {
    const unknown = { status: undefined, durationMs: undefined, requestId: undefined, errorCode: undefined };
    return { operation, method, Bucket, Key, attempt, startedAt: this.#clock.now(), ...unknown };
  }

  #isWatched(): boolean {
    const { onRequest, onRetry } = this.#hooks;
    if (onRequest !== undefined || onRetry !== undefined) return true;
    const channels = this.#channels;
    if (channels === undefined) return false;
    const { start, end, error, retry } = channels;
    return start.hasSubscribers || end.hasSubscribers || error.hasSubscribers || retry.hasSubscribers;
  }

  #finish(event: Observed, response: CosResponse | undefined): void {
    event.durationMs = this.#clock.now() - event.startedAt;
    event.status = response?.status;
    event.requestId = response?.headers.get("x-cos-request-id") ?? undefined;
  }

  /**
   * What a caller gave, as it is called. Nobody waits for an async function, whose rejection would end the process: it is
   * ignored.
   * @param fails whether what it throws is passed on; otherwise that is ignored, too
   */
  guarded<V extends unknown[]>(
    name: string,
    callback: ((...values: V) => unknown) | undefined,
    fails = false,
  ): ((...values: V) => void) | undefined {
    const refuse = (error: unknown): void => {
      if (this.#warned) return;
      this.#warned = true;
      console.warn(`cosup: ${name} failed; what it throws is ignored: ${messageOf(error)}`);
    };
    return (
      callback &&
      ((...values) => {
        try {
          const result = callback(...values);
          if (result instanceof Promise) result.catch(refuse);
        } catch (error) {
          if (fails) throw error;
          refuse(error);
        }
      })
    );
  }
}
