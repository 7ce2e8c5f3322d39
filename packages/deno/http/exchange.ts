import type { ClientRequest, IncomingMessage } from "node:http";
import {
  MAX_RESPONSE_BYTES,
  nothingToStop,
  onRequestAbort,
  responseTooLong,
  type WireRequest,
  type WireResponse,
} from "@cosup/core/runtime";
import { BufferedResponse, StreamedResponse } from "./response.ts";
import { sendBody } from "./send_body.ts";
import type { Sockets } from "./sockets.ts";

type Settle = Parameters<ConstructorParameters<typeof Promise<WireResponse>>[0]>;

/**
 * One exchange over `node:http`, which sends the caller's memory as it is. fetch copies a body twice into fresh memory
 * first: 1.05 s of CPU per GB against 0.28.
 */
export function exchange(sockets: Sockets, request: WireRequest): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    new Exchange(request, resolve, reject).begin(sockets);
  });
}

/** At half a KB per second, one goes every half minute. */
const PIECE = 16 * 1024;

/** What an exchange needs until it settles. */
interface Waiting {
  readonly request: WireRequest;
  readonly resolve: Settle[0];
  readonly reject: Settle[1];
}

class Exchange {
  /** Undefined once settled, so that what Node still holds of a request does not hold its body. */
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
      // Deno sends a request again by itself when a reused connection breaks before its response, a POST as well, and
      // nobody hears of it. What may be repeated is for core to say.
      outgoing.reusedSocket = false;
      outgoing.on("socket", this.#onSocket);
      outgoing.on("response", this.#onResponse);
      outgoing.on("error", this.#fail);
      outgoing.on("close", this.#onClose);
      if (request.body === undefined) outgoing.end();
      else if (request.slow) this.#writePieces(outgoing, request.body);
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

  /** Before it has its connection, which takes a turn, a request that is destroyed would leave it to others half-open. */
  #cut(): void {
    this.#givenUp = true;
    if (this.#outgoing?.socket) this.#outgoing.destroy();
  }

  readonly #onSocket = (): void => {
    if (this.#givenUp) this.#outgoing?.destroy();
    const request = this.#waiting?.request;
    request?.onStart?.(request.slow ? () => this.#unsent : undefined);
  };

  /** Deno tells of a write only when all of it has gone. In pieces, a body costs twice the CPU, which a slow line hides. */
  #writePieces(outgoing: ClientRequest, body: Uint8Array): void {
    const next = (start: number): void => {
      this.#unsent = body.length - start;
      // What is left must not be read from memory that others may have got.
      if (start === body.length || this.#waiting === undefined) return;
      const piece = body.subarray(start, start + PIECE);
      const end = start + piece.length;
      if (end === body.length) outgoing.end(piece, () => next(end));
      else outgoing.write(piece, () => next(end));
    };
    next(0);
  }

  readonly #onResponse = (message: IncomingMessage): void => {
    this.#responded = true;
    // A response that breaks while nobody reads it must not end the process.
    message.on("error", this.#fail);
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const { bufferResponse, body, method } = waiting.request;
    // Whoever gets a response may use the memory of the body for something else: it must have gone out.
    if (bufferResponse || body !== undefined) {
      this.#collect(message, method);
      return;
    }
    this.#streamed = new StreamedResponse(message, method);
    message.on("close", this.#release);
    this.#waiting = undefined;
    waiting.resolve(this.#streamed);
  };

  #collect(message: IncomingMessage, method: string): void {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    message.on("data", (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_RESPONSE_BYTES) this.#fail(responseTooLong());
    });
    message.on("end", () => {
      if (!message.complete) return this.#fail(hangUp());
      // A response that did not wait for the body: what is left of it must not be read from memory that others get.
      if (this.#outgoing?.writableFinished === false) this.#cut();
      this.#settle()?.resolve(new BufferedResponse(message, method, chunks));
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
