import { onAbort } from "../abort/abort-listeners.ts";
import { type CosError, TransportError } from "../errors.ts";
import { PacedBody } from "../http/paced-body.ts";
import type { CosResponse, RequestSpec } from "../http/request-spec.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import type { ResponseSink, WireResponse } from "../runtime/wire.ts";
import type { RangeWriter } from "./range-writer.ts";
import { objectChanged, type RangeOfObject, readRangeHeaders, type SourceObject } from "./source-object.ts";

/** What one request asks for. */
export interface RangeRequest {
  /** The GET without its Range and its condition. */
  readonly spec: RequestSpec;
  /** The first byte after the range; beyond the end of the object while its size is not known. */
  readonly end: number;
  readonly writer: RangeWriter;
  /** Undefined: this is the first request, which finds out what the object is. */
  readonly object: SourceObject | undefined;
  /** Called when the object is known, before its first byte is taken. */
  readonly onObject?: (object: SourceObject) => void;
}

/**
 * Reads one range into its writer. Each attempt asks for what is still missing, so an attempt that brought bytes is never
 * in vain: as long as they come, the range begins again with a full number of attempts.
 * @throws {ServiceError} `precondition-failed`: the object was replaced
 */
export async function readRange(context: RetryContext, request: RangeRequest): Promise<void> {
  const { writer } = request;
  const { receivingPacer } = context;
  const paced = receivingPacer && new PacedBody(receivingPacer);
  const pending = new PendingRange(request, paced);
  const { signal } = request.spec;
  const stopListening = onAbort(signal, () => paced?.stop());
  try {
    for (;;) {
      const before = writer.received;
      try {
        await sendWithRetry(context, pending);
        return;
      } catch (error) {
        if (pending.isComplete && !signal?.aborted) return;
        const goesOn = error instanceof TransportError && error.retryable && writer.received > before;
        if (signal?.aborted || !goesOn) throw error;
      }
    }
  } finally {
    stopListening();
    paced?.stop();
  }
}

/** A request whose Range begins behind the last byte that has come. */
class PendingRange implements RequestSpec, ResponseSink {
  readonly operation: string;
  readonly method = "GET";
  readonly Bucket: string;
  readonly Key: string;
  readonly query: RequestSpec["query"];
  readonly idempotent = true;
  readonly signal: AbortSignal | undefined;
  readonly sink: ResponseSink = this;
  readonly #request: RangeRequest;
  readonly #paced: PacedBody | undefined;
  #object: SourceObject | undefined;
  #end: number;
  #seen = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param paced holds what has arrived back, so that no more is read meanwhile */
  constructor(request: RangeRequest, paced: PacedBody | undefined) {
    this.#paced = paced;
    const { spec, object, end } = request;
    this.operation = spec.operation;
    this.Bucket = spec.Bucket;
    this.Key = spec.Key;
    this.query = spec.query;
    this.signal = spec.signal;
    this.#request = request;
    this.#object = object;
    this.#end = end;
  }

  get headers(): Readonly<Record<string, string>> {
    const range = `bytes=${this.#next}-${this.#end - 1}`;
    const { headers } = this.#request.spec;
    if (this.#object === undefined) return { ...headers, range };
    return { ...withoutConditions(headers), range, "if-match": this.#object.etag };
  }

  begin(status: number, headers: WireResponse["headers"]): boolean {
    if (status >= 300) return false;
    const range = readRangeHeaders({ status, headers, text: "", document: () => undefined, body: null });
    this.#check(range);
    if (this.#object === undefined) {
      this.#object = range.object;
      this.#request.onObject?.(range.object);
    }
    this.#end = range.end;
    return true;
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    if (chunk.length > this.#end - this.#next) return Promise.reject(this.#outOfRange("more bytes"));
    const paced = this.#paced;
    const written = this.#request.writer.write(chunk);
    if (paced === undefined) return written;
    // A chunk of a failed attempt may still wait for its turn.
    this.#turn = this.#turn.then(() => paced.next(chunk.length));
    return Promise.all([written, this.#turn]).then(() => {});
  }

  moved(): boolean {
    const { writer } = this.#request;
    const moved = writer.busy || writer.received !== this.#seen || this.#paced?.held() === true;
    this.#seen = writer.received;
    return moved;
  }

  /** Whether nothing is missing, also when the connection broke behind the last byte. */
  get isComplete(): boolean {
    return this.#object !== undefined && this.#next === this.#end;
  }

  /** Another request would ask for an empty range. */
  onRetry(failure: CosError): void {
    if (this.isComplete) throw failure;
  }

  validateResponse({ status }: CosResponse): void {
    if (this.#next === this.#end) return;
    throw this.#outOfRange(`status ${status} and fewer bytes`);
  }

  get #next(): number {
    const { writer } = this.#request;
    return writer.start + writer.received;
  }

  /** A body of another length is none of the object's: a proxy has replaced or packed it. Its bytes would be taken as ours. */
  #check({ start, end, length = end - start, object }: RangeOfObject): void {
    const known = this.#object;
    if (known !== undefined && (known.etag !== object.etag || known.size !== object.size)) {
      throw objectChanged(this.Key);
    }
    const isAsked = start === this.#next && end === Math.min(this.#end, object.size);
    if (isAsked && length === end - start) return;
    throw this.#outOfRange(`bytes ${start} to ${end} in a body of ${length} bytes`);
  }

  #outOfRange(got: string): TransportError {
    const wanted = `bytes ${this.#next} to ${this.#end}`;
    return new TransportError(`${this.operation}: asked for ${wanted}, got ${got}`, "reset");
  }
}

const CONDITIONS = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];

/** The first response has met the caller's conditions; from then on, the object must stay the same. */
function withoutConditions(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CONDITIONS.includes(name)));
}
