import type { BodyInBlocks, WireRequest } from "../runtime/wire.ts";
import type { Deadline } from "./deadline.ts";
import type { PacedBody } from "./paced-body.ts";
import type { RequestSpec } from "./request-spec.ts";
import type { SignedRequest } from "./signed-request.ts";

/** A class, because V8 creates a separate hidden class for every object literal with a getter. */
export class AttemptRequest implements WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly blocks: BodyInBlocks | undefined;
  readonly bufferResponse: boolean;
  readonly sink: RequestSpec["sink"];
  readonly paceBlock: number | undefined;
  readonly #deadline: Deadline;
  readonly #paced: PacedBody | undefined;

  constructor(
    spec: RequestSpec,
    signed: SignedRequest,
    deadline: Deadline,
    readonly freshConnection: boolean,
    readonly slow: boolean,
    paced: PacedBody | undefined,
  ) {
    this.method = spec.method;
    this.url = signed.url;
    this.headers = signed.headers;
    const { body } = spec;
    this.body = body?.begin ? undefined : body;
    this.blocks = body?.begin?.();
    this.bufferResponse = spec.streamed === undefined;
    this.sink = spec.sink;
    this.paceBlock = paced?.block;
    this.#deadline = deadline;
    this.#paced = paced;
  }

  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  onAbort(listener: (reason: unknown) => void): void {
    this.#deadline.onEnd(listener);
  }

  pace(bytes: number): Promise<boolean> {
    return this.#paced?.next(bytes) ?? Promise.resolve(true);
  }

  onQueue(): void {
    this.#deadline.queue();
  }

  onStart(unsent?: () => number): void {
    this.#deadline.start(unsent);
  }
}
