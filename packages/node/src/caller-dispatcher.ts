import { ArgumentTypeError } from "@cosup/core";
import { Http2Watch } from "./http2-watch.ts";
import { SENT_AGAIN } from "./transport-error.ts";
import type { Dispatcher } from "./undici.ts";
import type { UndiciDispatcher } from "./undici-dispatcher.ts";

type Controller = Dispatcher.DispatchController;
type Handler = Dispatcher.DispatchHandler;
type Headers = Dispatcher.ResponseData["headers"];

/** A caller's dispatcher, ready for use. */
export interface CallerDispatcher {
  readonly dispatcher: Dispatcher;
  readonly watch: Http2Watch;
}

/**
 * Adapts a caller's dispatcher, which may be of another version of undici. Version 6 has another interface for handlers than
 * version 8; version 7 accepts both. Handlers are wrapped so that they implement both.
 * @throws {TypeError} it is no dispatcher
 */
export function callerDispatcher(dispatcher: UndiciDispatcher): CallerDispatcher {
  if (typeof dispatcher !== "object" || dispatcher === null || typeof dispatcher.dispatch !== "function") {
    throw new ArgumentTypeError(
      "dispatcher",
      "must be a dispatcher of undici 6, 7 or 8: an Agent, a Pool, a ProxyAgent",
    );
  }
  const theirs = dispatcher as unknown as Dispatcher;
  const watch = new Http2Watch();
  const adapted: Pick<Dispatcher, "dispatch"> = {
    dispatch: (options, handler) =>
      watch.dispatch(() => theirs.dispatch(options, new AnyHandler(handler) as Handler)),
  };
  // Nothing else of it is used.
  return { dispatcher: adapted as Dispatcher, watch };
}

/**
 * A handler for every version: the methods of undici 7 and 8 first, then those of undici 6. A dispatcher may begin a request
 * once: over HTTP/2, undici sends what the server has refused again by itself, and a RetryAgent anything. Nobody would be told,
 * and of a request that must not be repeated blindly, the outcome of the first would be lost. So the request is ended with a
 * failure, and cosup decides.
 */
class AnyHandler {
  readonly #handler: Handler;
  readonly #legacy = new LegacyController();
  #started = false;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  onRequestStart(controller: Controller, context: unknown): void {
    if (this.#started) {
      controller.abort(sentAgain());
      return;
    }
    this.#started = true;
    this.#handler.onRequestStart?.(controller, context);
  }

  onResponseStart(controller: Controller, status: number, headers: Headers, statusText?: string): void {
    this.#handler.onResponseStart?.(controller, status, headers, statusText);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(controller: Controller, trailers: Headers): void {
    this.#handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Controller, error: Error): void {
    this.#handler.onResponseError?.(controller, error);
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#legacy.start(abort);
    this.onRequestStart(this.#legacy, {});
  }

  onHeaders(status: number, rawHeaders: readonly Buffer[], resume: () => void, statusText: string): boolean {
    this.#legacy.onResume = resume;
    this.#handler.onResponseStart?.(this.#legacy, status, headersOf(rawHeaders), statusText);
    return !this.#legacy.paused;
  }

  onData(chunk: Buffer): boolean {
    this.#handler.onResponseData?.(this.#legacy, chunk);
    return !this.#legacy.paused;
  }

  onComplete(): void {
    this.#handler.onResponseEnd?.(this.#legacy, {});
  }

  onError(error: Error): void {
    this.#handler.onResponseError?.(this.#legacy, error);
  }
}

/** A controller made of what undici 6 passes: `abort` at the start, `resume` with the headers, a return value to pause. */
class LegacyController implements Controller {
  paused = false;
  aborted = false;
  reason: Error | null = null;
  onResume: (() => void) | undefined;
  #abort: ((reason?: Error) => void) | undefined;

  /** Called again when the dispatcher itself retries. */
  start(abort: (reason?: Error) => void): void {
    this.#abort = abort;
    this.paused = false;
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#abort?.(reason);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.onResume?.();
  }
}

function sentAgain(): Error {
  const text = "the request failed, and the dispatcher was about to send it again by itself";
  return Object.assign(new Error(text), { code: SENT_AGAIN });
}

/** Headers of a list in which names and values alternate; a repeated name gets an array of values. */
function headersOf(raw: readonly Buffer[]): Headers {
  const headers: Record<string, string | string[]> = {};
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = String(raw[at]).toLowerCase();
    const value = String(raw[at + 1]);
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
