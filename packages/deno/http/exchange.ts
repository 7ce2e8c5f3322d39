import type { ClientRequest, IncomingMessage } from "node:http";
import {
  BufferedResponse,
  bodyLoss,
  ConsumedResponse,
  MAX_RESPONSE_BYTES,
  nothingToStop,
  onRequestAbort,
  type ResponseSink,
  responseTooLong,
  type WireRequest,
  type WireResponse,
} from "@cosup/core/runtime";
import { headersOf, StreamedResponse } from "./response.ts";
import { inPieces, sendBody, sendPieces, writeBytes } from "./send_body.ts";
import type { Sockets } from "./sockets.ts";

type Settle = Parameters<ConstructorParameters<typeof Promise<WireResponse>>[0]>;

/**
 * Sends one request by `node:http`, which does not copy the body. fetch copies it twice: 1.05 s of CPU per GB instead of
 * 0.28.
 */
export function exchange(sockets: Sockets, request: WireRequest): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    new Exchange(request, resolve, reject).begin(sockets);
  });
}

/** What a request needs until its promise settles. */
interface Waiting {
  readonly request: WireRequest;
  readonly resolve: Settle[0];
  readonly reject: Settle[1];
}

class Exchange {
  /** Undefined once settled, because `node:http` keeps a request in memory, and would keep its body. */
  #waiting: Waiting | undefined;
  #outgoing: ClientRequest | undefined;
  #responded = false;
  #streamed: StreamedResponse | undefined;
  #givenUp = false;
  #unsent = 0;
  readonly #loss: ReturnType<typeof bodyLoss>;
  #release = nothingToStop;

  constructor(request: WireRequest, resolve: Settle[0], reject: Settle[1]) {
    this.#loss = bodyLoss(request);
    this.#waiting = { request, resolve, reject };
    this.#release = onRequestAbort(request, this.#abort);
  }

  begin(sockets: Sockets): void {
    if (this.#waiting === undefined) return;
    const { request } = this.#waiting;
    try {
      this.#failAtLoss();
      if (this.#waiting === undefined) return;
      request.onQueue?.();
      const outgoing = sockets.begin(request);
      this.#outgoing = outgoing;
      // Otherwise Deno silently sends a request again, also a POST, when a reused connection breaks before the response.
      // Core decides what may be repeated.
      outgoing.reusedSocket = false;
      // Before node:http writes what it has queued.
      outgoing.prependListener("socket", this.#onSocket);
      outgoing.on("response", this.#onResponse);
      outgoing.on("error", this.#fail);
      outgoing.on("close", this.#onClose);
      if (request.body === undefined) outgoing.end();
      else if (inPieces(request)) sendPieces(outgoing, request, request.body, this.#onSent);
      else sendBody(outgoing, request.body, writeBytes(request.url));
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #abort = (reason: unknown): void => {
    this.#settle()?.reject(reason);
    this.#streamed?.abort(reason);
    this.#cut();
  };

  /** A request that is destroyed before it has its connection (one turn later) would leave that half-open to others. */
  #cut(): void {
    this.#givenUp = true;
    if (this.#outgoing?.socket) this.#outgoing.destroy();
  }

  readonly #failAtLoss = (): void => {
    const lost = this.#waiting && this.#loss();
    if (lost !== undefined) this.#fail(lost);
  };

  readonly #onSocket = (socket: NonNullable<ClientRequest["socket"]>): void => {
    if (this.#givenUp) this.#outgoing?.destroy();
    this.#failAtLoss();
    if (socket.connecting) socket.prependOnceListener("connect", this.#failAtLoss);
    const request = this.#waiting?.request;
    request?.onStart?.(inPieces(request) ? () => this.#unsent : undefined);
  };

  readonly #onSent = (unsent: number): boolean => {
    this.#unsent = unsent;
    // After the request settled, its memory may belong to another part.
    return this.#waiting !== undefined;
  };

  readonly #onResponse = (message: IncomingMessage): void => {
    this.#responded = true;
    // Without a listener, a response that breaks while nobody reads it would end the process.
    message.on("error", this.#fail);
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const { bufferResponse, body, method, sink } = waiting.request;
    try {
      if (sink?.begin(message.statusCode ?? 0, headersOf(message))) {
        this.#passTo(sink, message);
        return;
      }
    } catch (error) {
      this.#abort(error);
      return;
    }
    // After the response, core may reuse the memory of the body, so the body must be sent by then.
    if (bufferResponse || body !== undefined) {
      this.#collect(message, waiting.request);
      return;
    }
    this.#streamed = new StreamedResponse(message, method);
    message.on("close", this.#release);
    this.#waiting = undefined;
    waiting.resolve(this.#streamed);
  };

  #passTo(sink: ResponseSink, message: IncomingMessage): void {
    const pass = (chunk: Uint8Array): void => {
      if (this.#waiting === undefined) return;
      const busy = sink.write(chunk);
      if (busy === undefined) return;
      message.pause();
      busy.then(() => message.resume(), this.#abort);
    };
    this.#receive(message, pass, () => new ConsumedResponse(message.statusCode ?? 0, headersOf(message)));
  }

  #collect(message: IncomingMessage, request: WireRequest): void {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const collect = (chunk: Uint8Array): void => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_RESPONSE_BYTES) this.#fail(responseTooLong());
    };
    this.#receive(message, collect, () => {
      // The response came before the whole body was sent. The rest must not be read from memory that core reuses.
      if (this.#outgoing?.writableFinished === false) this.#cut();
      return new BufferedResponse(request, message.statusCode ?? 0, headersOf(message), chunks);
    });
  }

  /** Reads the body of a response to its end, and settles the request. */
  #receive(message: IncomingMessage, onData: (chunk: Uint8Array) => void, end: () => WireResponse): void {
    message.on("data", onData);
    message.on("end", () => {
      if (message.complete) this.#settle()?.resolve(end());
      else this.#fail(hangUp());
    });
    message.on("close", () => this.#fail(hangUp()));
  }

  readonly #onClose = (): void => {
    if (!this.#responded) this.#fail(hangUp());
  };

  readonly #fail = (error: unknown): void => {
    const waiting = this.#settle();
    if (waiting === undefined) return;
    this.#cut();
    waiting.reject(error);
  };

  #settle(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) this.#release();
    return waiting;
  }
}

function hangUp(): Error {
  return Object.assign(new Error("the connection was closed before the response ended"), {
    code: "ECONNRESET",
  });
}
