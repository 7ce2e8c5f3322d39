import {
  bodyLoss,
  nothingToStop,
  onRequestAbort,
  type WireRequest,
  type WireResponse,
} from "@cosup/core/runtime";
import { Http2Body } from "./http2-body.ts";
import type { Dispatcher } from "./undici.ts";

export type Controller = Dispatcher.DispatchController;
export type Headers = Dispatcher.ResponseData["headers"];
/** The two functions of a promise for a response. */
export type Settle = Parameters<ConstructorParameters<typeof Promise<WireResponse>>[0]>;

/** A request under way, which its caller may abort at any time. */
export abstract class RequestHandler implements Dispatcher.DispatchHandler {
  #controller: Controller | undefined;
  #aborted: { readonly reason: Error } | undefined;
  #body: Http2Body | undefined;
  #loss: ReturnType<typeof bodyLoss> = noLoss;
  #stopListening = nothingToStop;

  /** @returns whether undici has the request; otherwise it has failed already */
  dispatch(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions, request: WireRequest): boolean {
    this.#loss = bodyLoss(request);
    const { body } = options;
    if (body instanceof Http2Body) this.#body = body;
    this.#stopListening = onRequestAbort(request, this.abort);
    if (this.#aborted !== undefined) return false;
    try {
      dispatcher.dispatch(options, this);
      return true;
    } catch (error) {
      this.onResponseError(undefined, error);
      return false;
    }
  }

  /** Whether undici has a connection for the request. */
  protected get begun(): boolean {
    return this.#controller !== undefined;
  }

  /** Call it as soon as the request is settled. */
  protected stopListening(): void {
    this.#stopListening();
    this.#stopListening = nothingToStop;
    this.#body = undefined;
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    // The request may have waited for its connection.
    const lost = this.#loss();
    this.#loss = noLoss;
    if (this.#aborted !== undefined) controller.abort(this.#aborted.reason);
    else if (lost !== undefined) this.abort(lost);
  }

  abstract onResponseError(controller: Controller | undefined, error: unknown): void;

  /** Rejects at once; undici, which has no signal here, ends the request as soon as it has a connection, and can be ended. */
  protected readonly abort = (reason: unknown): void => {
    this.#aborted = { reason: reason as Error };
    const body = this.#body;
    this.onResponseError(this.#controller, reason);
    if (body?.stop(this.#aborted.reason) === true) return;
    this.#controller?.abort(this.#aborted.reason);
  };
}

function noLoss(): undefined {}
