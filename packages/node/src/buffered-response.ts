import {
  BufferedResponse,
  ConsumedResponse,
  MAX_RESPONSE_BYTES,
  type ResponseSink,
  responseTooLong,
  type WireRequest,
  type WireResponse,
} from "@cosup/core/runtime";
import { type RoutedOptions, socketOf, unsentBytes } from "./agent.ts";
import { type ReceiveBuffers, receiveBuffersOf } from "./receive-buffers.ts";
import { type Controller, type Headers, RequestHandler, type Settle } from "./request-handler.ts";
import type { Dispatcher } from "./undici.ts";
import { wireHeaders } from "./wire-response.ts";

/**
 * Sends a request and reads its response to the end before the promise resolves. COS's response to a part has a few hundred
 * bytes; a stream and an AbortSignal for it would be a third of the request's CPU.
 */
export function bufferedResponse(
  dispatcher: Dispatcher,
  options: RoutedOptions,
  request: WireRequest,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    const handler = new BufferingHandler(request, options, resolve, reject);
    if (handler.dispatch(dispatcher, options, request)) handler.noteQueued();
  });
}

/** What a request needs until its promise settles. */
interface Waiting {
  readonly request: WireRequest;
  readonly options: RoutedOptions;
  readonly resolve: Settle[0];
  readonly reject: Settle[1];
  readonly chunks: Buffer[];
}

class BufferingHandler extends RequestHandler {
  /**
   * Undefined once settled. Node's write request, and with it undici's request and this handler, stay in memory until the
   * next full garbage collection, and would keep everything that waited for the response: 10 KB per request.
   */
  #waiting: Waiting | undefined;
  #status = 0;
  #headers: Headers = {};
  #received = 0;
  /** Takes the body of the response, instead of `chunks`. */
  #sink: ResponseSink | undefined;
  /** Where the connection reads what the sink takes. */
  #lenders: ReceiveBuffers | undefined;

  constructor(request: WireRequest, options: RoutedOptions, resolve: Settle[0], reject: Settle[1]) {
    super();
    this.#waiting = { request, options, resolve, reject, chunks: [] };
  }

  /** Call it after dispatching: a request that has not begun by then waits for a connection. */
  noteQueued(): void {
    if (!this.begun) this.#waiting?.request.onQueue?.();
  }

  override onRequestStart(controller: Controller): void {
    super.onRequestStart(controller);
    if (this.#waiting === undefined) return;
    const { request, options } = this.#waiting;
    request.onStart?.(unsentBytes(options.connection, (request.body ?? request.blocks)?.length ?? 0));
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
    if (this.#waiting === undefined || status < 200) return;
    const { request, options } = this.#waiting;
    const { sink } = request;
    if (sink === undefined) return;
    try {
      if (!sink.begin(status, wireHeaders(headers))) return;
      this.#sink = sink;
      this.#lenders = receiveBuffersOf(socketOf(options.connection));
      this.#lenders?.lend();
    } catch (error) {
      this.abort(error);
    }
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#sink !== undefined) {
      this.#pass(this.#sink, chunk, controller);
      return;
    }
    this.#received += chunk.length;
    if (this.#received > MAX_RESPONSE_BYTES) this.abort(responseTooLong());
    this.#waiting?.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const waiting = this.#settle();
    const headers = this.#headers;
    this.#headers = {};
    if (this.#sink !== undefined) waiting?.resolve(new ConsumedResponse(this.#status, wireHeaders(headers)));
    waiting?.resolve(
      new BufferedResponse(waiting.request, this.#status, wireHeaders(headers), waiting.chunks),
    );
  }

  onResponseError(_controller: Controller | undefined, error: unknown): void {
    this.#settle()?.reject(error);
  }

  /** After a resume, undici may pass an empty chunk first, which must not pause the response. */
  #pass(sink: ResponseSink, chunk: Buffer, controller: Controller): void {
    if (this.#waiting === undefined || chunk.length === 0) return;
    const busy = sink.write(chunk);
    if (busy === undefined) {
      this.#lenders?.giveBack(chunk);
      return;
    }
    controller.pause();
    busy.then(() => {
      this.#lenders?.giveBack(chunk);
      controller.resume();
    }, this.abort);
  }

  #settle(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#lenders?.endLending();
    this.#lenders = undefined;
    this.stopListening();
    return waiting;
  }
}
