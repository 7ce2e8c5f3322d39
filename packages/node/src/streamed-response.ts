import { isBodyless, type WireRequest, type WireResponse } from "@cosup/core/runtime";
import { type Controller, type Headers, RequestHandler, type Settle } from "./request-handler.ts";
import type { Dispatcher } from "./undici.ts";
import { wireHeaders } from "./wire-response.ts";

/** A body up to this size frees its connection for another request even if nobody reads it. */
const READ_AHEAD_BYTES = 64 * 1024;

/** Sends a request whose response is read as its reader asks for it. Resolves once the response's headers are there. */
export function streamedResponse(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  request: WireRequest,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    new StreamHandler(request, resolve, reject).dispatch(dispatcher, options, request);
  });
}

class StreamHandler extends RequestHandler {
  readonly #request: WireRequest;
  readonly #resolve: Settle[0];
  readonly #reject: Settle[1];
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(request: WireRequest, resolve: Settle[0], reject: Settle[1]) {
    super();
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onResponseStart(controller: Controller, status: number, headers: Headers): void {
    // An interim response; the final one follows.
    if (status < 200) return;
    const body = isBodyless(this.#request.method, status) ? null : this.#stream(controller);
    this.#resolve(new StreamedResponse(status, headers, body));
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    // After a resume, undici may pass an empty chunk first. Pausing because of it would stop the response for good.
    if (this.#body === undefined || chunk.length === 0) return;
    this.#body.enqueue(new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength));
    if ((this.#body.desiredSize ?? 0) <= 0) controller.pause();
  }

  onResponseEnd(): void {
    this.stopListening();
    this.#body?.close();
    this.#body = undefined;
  }

  onResponseError(_controller: Controller | undefined, error: unknown): void {
    this.stopListening();
    this.#reject(error);
    this.#body?.error(error);
    this.#body = undefined;
  }

  #stream(controller: Controller): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (body) => {
          this.#body = body;
        },
        pull: () => controller.resume(),
        cancel: () => {
          this.#body = undefined;
          this.stopListening();
          controller.abort(new Error("the response's reader has cancelled it"));
        },
      },
      { highWaterMark: READ_AHEAD_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
    );
  }
}

class StreamedResponse implements WireResponse {
  readonly headers: WireResponse["headers"];

  constructor(
    readonly status: number,
    headers: Headers,
    readonly body: ReadableStream<Uint8Array> | null,
  ) {
    this.headers = wireHeaders(headers);
  }

  /** As fetch decodes: UTF-8, without a byte order mark. */
  async text(): Promise<string> {
    return (await this.#bytes()).toString("utf8").replace(/^\uFEFF/, "");
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return Uint8Array.from(await this.#bytes()).buffer;
  }

  async #bytes(): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    if (this.body !== null) for await (const chunk of this.body) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}
