import type { Trace } from "../request/log-line.ts";
import type { EmulatorRequest } from "../types.ts";
import { lengthIn, targetOf } from "./describe-request.ts";
import type { News } from "./news.ts";
import type { RequestEntry } from "./request-entry.ts";

/** A request whose response is not ready. */
export interface RunningRequest
  extends Pick<
    RequestEntry,
    | "at"
    | "requestId"
    | "method"
    | "operation"
    | "bucket"
    | "key"
    | "partNumber"
    | "uploadId"
    | "requestBytes"
    | "faults"
  > {
  /** Bytes of its body that have arrived. */
  readonly received: number;
}

interface Running {
  readonly request: EmulatorRequest;
  readonly trace: Trace;
  readonly at: number;
  received: number;
}

/** The requests that are under way, for those who follow the news. Costs nothing while nobody does. */
export class RunningRequests {
  readonly #news: News;
  readonly #now: () => number;
  readonly #running = new Set<Running>();

  constructor(news: News, now: () => number) {
    this.#news = news;
    this.#now = now;
  }

  /** Handles a request, whose body is counted as it arrives. */
  async during<T>(
    request: EmulatorRequest,
    trace: Trace,
    handle: (request: EmulatorRequest) => Promise<T>,
  ): Promise<T> {
    if (!this.#news.followed) return handle(request);
    const running: Running = { request, trace, at: this.#now(), received: 0 };
    this.#running.add(running);
    this.#news.tell();
    const body = request.body && this.#counted(request.body, running);
    try {
      return await handle(body === undefined ? request : { ...request, body });
    } finally {
      this.#running.delete(running);
    }
  }

  all(): readonly RunningRequest[] {
    return [...this.#running].map(({ request, trace, at, received }) => ({
      at,
      ...targetOf(request, trace),
      requestBytes: lengthIn(request.headers),
      faults: [...(trace.faults ?? [])],
      received,
    }));
  }

  async *#counted(body: AsyncIterable<Uint8Array>, running: Running): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      running.received += chunk.length;
      this.#news.tell();
      yield chunk;
    }
  }
}
