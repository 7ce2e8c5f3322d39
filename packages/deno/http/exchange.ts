import type { ClientRequest, IncomingMessage } from "node:http";
import {
  BufferedResponse,
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
import { sendBody } from "./send_body.ts";
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

/** At half a KB per second, one goes every half minute. */
const PIECE = 16 * 1024;

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
  #release = nothingToStop;

  constructor(request: WireRequest, resolve: Settle[0], reject: Settle[1]) {
    this.#waiting = { request, resolve, reject };
    this.#release = onRequestAbort(request, this.#abort);
  }

  begin(sockets: Sockets): void {
    if (this.#waiting === undefined) return;
    const { request } = this.#waiting;
    try {
      request.onQueue?.();
      const outgoing = sockets.begin(request);
      this.#outgoing = outgoing;
      // Otherwise Deno silently sends a request again, also a POST, when a reused connection breaks before the response.
      // Core decides what may be repeated.
      outgoing.reusedSocket = false;
      outgoing.on("socket", this.#onSocket);
      outgoing.on("response", this.#onResponse);
      outgoing.on("error", this.#fail);
      outgoing.on("close", this.#onClose);
      if (request.body === undefined) outgoing.end();
      else if (inPieces(request)) this.#writePieces(outgoing, request, request.body);
      else sendBody(outgoing, request.body);
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

  readonly #onSocket = (): void => {
    if (this.#givenUp) this.#outgoing?.destroy();
    const request = this.#waiting?.request;
    request?.onStart?.(inPieces(request) ? () => this.#unsent : undefined);
  };

  /** Deno reports a write only when all of it is sent. Pieces cost twice the CPU, so only slow lines use them. */
  #writePieces(outgoing: ClientRequest, request: WireRequest, body: Uint8Array): void {
    const size = request.paceBlock ?? PIECE;
    const write = (start: number): void => {
      // After the request settled, its memory may belong to another part.
      if (this.#waiting === undefined) return;
      const piece = body.subarray(start, start + size);
      const end = start + piece.length;
      if (end === body.length) outgoing.end(piece, () => next(end));
      else outgoing.write(piece, () => next(end));
    };
    const next = (start: number): void => {
      this.#unsent = body.length - start;
      if (start === body.length) return;
      if (request.paceBlock === undefined) write(start);
      else void request.pace?.(Math.min(size, body.length - start)).then((goOn) => goOn && write(start));
    };
    next(0);
  }

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
    message.on("data", (chunk: Uint8Array) => {
      if (this.#waiting === undefined) return;
      const busy = sink.write(chunk);
      if (busy === undefined) return;
      message.pause();
      busy.then(() => message.resume(), this.#abort);
    });
    message.on("end", () => {
      if (!message.complete) return this.#fail(hangUp());
      this.#settle()?.resolve(new ConsumedResponse(message.statusCode ?? 0, headersOf(message)));
    });
    message.on("close", () => this.#fail(hangUp()));
  }

  #collect(message: IncomingMessage, request: WireRequest): void {
    const chunks: Uint8Array[] = [];
    let length = 0;
    message.on("data", (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_RESPONSE_BYTES) this.#fail(responseTooLong());
    });
    message.on("end", () => {
      if (!message.complete) return this.#fail(hangUp());
      // The response came before the whole body was sent. The rest must not be read from memory that core reuses.
      if (this.#outgoing?.writableFinished === false) this.#cut();
      this.#settle()?.resolve(
        new BufferedResponse(request, message.statusCode ?? 0, headersOf(message), chunks),
      );
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

/** Whether the body is written piece by piece: on a slow line, or at a limited rate. */
function inPieces({ slow, paceBlock }: WireRequest): boolean {
  return slow === true || paceBlock !== undefined;
}

function hangUp(): Error {
  return Object.assign(new Error("the connection was closed before the response ended"), {
    code: "ECONNRESET",
  });
}
