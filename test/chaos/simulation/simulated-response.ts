import type { TransportFailure } from "@cosup/core";
import type { WireResponse } from "@cosup/core/runtime";
import type { Served } from "./service.ts";

/** How the simulated transport breaks; the runtime knows what kind of failure it is. */
export class Broken extends Error {
  override readonly name = "Broken";
  constructor(readonly failure: TransportFailure) {
    super(`the connection broke: ${failure}`);
  }
}

/** A response that did not come from the service. */
export function madeUp(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Served {
  return { status, headers: new Map(Object.entries(headers)), body: Buffer.from(body) };
}

export function errorResponse(status: number, code: string, retryAfter?: string): Served {
  return madeUp(status, `<Error><Code>${code}</Code><Message>simulated</Message></Error>`, {
    "content-type": "application/xml",
    "x-cos-request-id": "c2ltdWxhdGVk",
    ...(retryAfter !== undefined && { "retry-after": retryAfter }),
  });
}

/** A response that records whether its body was read or cancelled: one that was neither holds a connection. */
export class SimulatedResponse implements WireResponse {
  readonly status: number;
  readonly headers: WireResponse["headers"];
  readonly #bytes: Uint8Array;
  readonly #torn: boolean;
  #stream: ReadableStream<Uint8Array> | undefined;
  taken = false;

  constructor(served: Served, torn: boolean, head: boolean) {
    this.status = served.status;
    this.headers = {
      get: (name) => served.headers.get(name.toLowerCase()) ?? null,
      forEach: (visit) => {
        for (const [name, value] of served.headers) visit(value, name);
      },
    };
    this.#bytes = head ? new Uint8Array(0) : served.body;
    this.#torn = torn;
  }

  get body(): ReadableStream<Uint8Array> {
    this.#stream ??= new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          this.taken = true;
          const end = this.#torn ? this.#bytes.length >>> 1 : this.#bytes.length;
          if (end > 0) controller.enqueue(this.#bytes.slice(0, end));
          if (this.#torn) controller.error(new Broken("reset"));
          else controller.close();
        },
        cancel: () => {
          this.taken = true;
        },
      },
      { highWaterMark: 0 },
    );
    return this.#stream;
  }

  async text(): Promise<string> {
    this.taken = true;
    if (this.#torn) throw new Broken("reset");
    return Buffer.from(this.#bytes).toString();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    this.taken = true;
    if (this.#torn) throw new Broken("reset");
    return this.#bytes.slice().buffer as ArrayBuffer;
  }
}
