import { isBodyless } from "./exchange.ts";
import type { WireResponse } from "./wire.ts";

/** A response that an adapter has read to its end, without a stream. */
export class BufferedResponse implements WireResponse {
  readonly buffered = true;
  readonly status: number;
  readonly headers: WireResponse["headers"];
  readonly #isBodyless: boolean;
  readonly #chunks: readonly Uint8Array[];

  /** @param chunks the body, which nobody writes to any more */
  constructor(
    { method }: { readonly method: string },
    status: number,
    headers: WireResponse["headers"],
    chunks: readonly Uint8Array[],
  ) {
    this.status = status;
    this.headers = headers;
    this.#isBodyless = isBodyless(method, status);
    this.#chunks = chunks;
  }

  get body(): WireResponse["body"] {
    return this.#isBodyless ? null : new Blob([this.#bytes()]).stream();
  }

  /** As fetch decodes: UTF-8, without a byte order mark. */
  async text(): Promise<string> {
    const [first, second] = this.#chunks;
    if (first === undefined) return "";
    return new TextDecoder().decode(second === undefined ? first : this.#bytes());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes().buffer;
  }

  #bytes(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#chunks.reduce((length, chunk) => length + chunk.length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}
