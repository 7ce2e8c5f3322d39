import type { IncomingMessage } from "node:http";
import { isBodyless, type WireResponse } from "@cosup/core/runtime";

type Headers = WireResponse["headers"];

/** A response whose body is read as its reader asks for it. */
export class StreamedResponse implements WireResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  readonly #message: IncomingMessage;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;

  constructor(message: IncomingMessage, method: string) {
    this.status = message.statusCode ?? 0;
    this.headers = new ResponseHeaders(message.rawHeaders);
    this.#message = message;
    this.body = isBodyless(method, this.status) ? null : this.#stream();
    // The connection is free for another request once the response has ended.
    if (this.body === null) message.resume();
  }

  text(): Promise<string> {
    return new Response(this.body).text();
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return new Response(this.body).arrayBuffer();
  }

  /** Ends the reading with this reason, and closes the connection. */
  abort(reason: unknown): void {
    this.#controller?.error(reason);
    this.#message.destroy();
  }

  #stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const message = this.#message;
    const chunks: AsyncIterator<Uint8Array<ArrayBuffer>> = message[Symbol.asyncIterator]();
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: async (controller) => {
          const { done, value } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
        },
        cancel: () => {
          message.destroy();
        },
      },
      { highWaterMark: 0 },
    );
  }
}

/** The headers of a response. */
export function headersOf({ rawHeaders }: IncomingMessage): Headers {
  return new ResponseHeaders(rawHeaders);
}

/** The headers as fetch joins them. Node's own `headers` drop some repeated ones. */
class ResponseHeaders implements Headers {
  readonly #values = new Map<string, string>();

  constructor(raw: readonly string[]) {
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = raw[at]?.toLowerCase() ?? "";
      const value = raw[at + 1] ?? "";
      const before = this.#values.get(name);
      this.#values.set(name, before === undefined ? value : `${before}, ${value}`);
    }
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  forEach(visit: (value: string, name: string) => void): void {
    this.#values.forEach((value, name) => {
      visit(value, name);
    });
  }
}
