import {
  ConsumedResponse,
  isBodyless,
  MAX_RESPONSE_BYTES,
  nothingToStop,
  onRequestAbort,
  type ResponseSink,
  responseTooLong,
  type WireRequest,
  type WireResponse,
} from "@cosup/core/runtime";
import { type RoutedOptions, socketOf, unsentBytes } from "./agent.ts";
import { type ReceiveBuffers, receiveBuffersOf } from "./receive-buffers.ts";
import type { Dispatcher } from "./undici.ts";
import { wireHeaders } from "./wire-response.ts";

type Controller = Dispatcher.DispatchController;
type Headers = Dispatcher.ResponseData["headers"];
type Settle = Parameters<ConstructorParameters<typeof Promise<WireResponse>>[0]>;

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
    if (handler.settled) return;
    try {
      dispatcher.dispatch(options, handler);
      handler.noteQueued();
    } catch (error) {
      handler.onResponseError(undefined, error);
    }
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

class BufferingHandler implements Dispatcher.DispatchHandler {
  /**
   * Undefined once settled. Node's write request, and with it undici's request and this handler, stay in memory until the
   * next full garbage collection, and would keep everything that waited for the response: 10 KB per request.
   */
  #waiting: Waiting | undefined;
  #controller: Controller | undefined;
  #aborted: { readonly reason: Error } | undefined;
  #status = 0;
  #headers: Headers = {};
  #received = 0;
  /** Takes the body of the response, instead of `chunks`. */
  #sink: ResponseSink | undefined;
  /** Where the connection reads what the sink takes. */
  #lenders: ReceiveBuffers | undefined;
  #stopListening = nothingToStop;

  constructor(request: WireRequest, options: RoutedOptions, resolve: Settle[0], reject: Settle[1]) {
    this.#waiting = { request, options, resolve, reject, chunks: [] };
    this.#stopListening = onRequestAbort(request, this.#abort);
  }

  get settled(): boolean {
    return this.#aborted !== undefined;
  }

  /** Call it after dispatching: a request that has not begun by then waits for a connection. */
  noteQueued(): void {
    if (this.#controller === undefined) this.#waiting?.request.onQueue?.();
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#aborted !== undefined) controller.abort(this.#aborted.reason);
    else if (this.#waiting !== undefined) {
      const { request, options } = this.#waiting;
      request.onStart?.(unsentBytes(options.connection, (request.body ?? request.blocks)?.length ?? 0));
    }
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
      this.#abort(error);
    }
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#sink !== undefined) {
      this.#pass(this.#sink, chunk, controller);
      return;
    }
    this.#received += chunk.length;
    if (this.#received > MAX_RESPONSE_BYTES) this.#abort(responseTooLong());
    this.#waiting?.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const waiting = this.#settle();
    const headers = this.#headers;
    this.#headers = {};
    if (this.#sink !== undefined) waiting?.resolve(new ConsumedResponse(this.#status, wireHeaders(headers)));
    waiting?.resolve(new BufferedResponse(this.#status, headers, waiting.chunks, waiting.request.method));
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
    }, this.#abort);
  }

  /** Rejects at once; undici, which has no signal here, ends the request as soon as it has a connection. */
  readonly #abort = (reason: unknown): void => {
    this.#aborted = { reason: reason as Error };
    this.#settle()?.reject(reason);
    this.#controller?.abort(this.#aborted.reason);
  };

  #settle(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#lenders?.endLending();
    this.#lenders = undefined;
    this.#stopListening();
    this.#stopListening = nothingToStop;
    return waiting;
  }
}

class BufferedResponse implements WireResponse {
  readonly buffered = true;
  readonly status: number;
  readonly headers: WireResponse["headers"];
  readonly #bodyless: boolean;
  readonly #chunks: readonly Buffer[];

  constructor(status: number, headers: Headers, chunks: readonly Buffer[], method: string) {
    this.status = status;
    this.headers = wireHeaders(headers);
    this.#bodyless = isBodyless(method, status);
    this.#chunks = chunks;
  }

  get body(): WireResponse["body"] {
    return this.#bodyless ? null : new Blob([Uint8Array.from(this.#bytes())]).stream();
  }

  /** As fetch decodes: UTF-8, without a byte order mark. */
  async text(): Promise<string> {
    return this.#chunks.length === 0
      ? ""
      : this.#bytes()
          .toString("utf8")
          .replace(/^\uFEFF/, "");
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return Uint8Array.from(this.#bytes()).buffer;
  }

  #bytes(): Buffer {
    const [first, second] = this.#chunks;
    return first !== undefined && second === undefined ? first : Buffer.concat(this.#chunks);
  }
}
