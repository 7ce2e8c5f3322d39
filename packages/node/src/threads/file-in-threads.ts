import {
  BLOCK_BYTES,
  BufferedResponse,
  onRequestAbort,
  sourceChanged,
  type WireRequest,
  type WireResponse,
} from "@cosup/core/runtime";
import type { LendableFile } from "../sources/lendable-file.ts";
import { wireHeaders } from "../wire-response.ts";
import type { LentRange, Outcome, PartRequest } from "./messages.ts";
import { receivedError } from "./sent-error.ts";
import type { RunningJob, Threads } from "./threads.ts";

/** What the parts of one file are sent with. */
export interface FileInThreads {
  readonly file: LendableFile;
  readonly threads: Threads;
  /** The proxy for an origin; undefined: none. */
  proxyOf(url: string): string | undefined;
}

/** A range of a file that threads read, digest and send: any thread, at each attempt. */
export class FilePart {
  readonly #length: number;
  readonly #context: FileInThreads;
  readonly #start: number;
  readonly #signal: AbortSignal;
  /** CRC64 up to the end of each block, of the attempt that has read the most. */
  #crc64s: readonly bigint[] = [];

  constructor(context: FileInThreads, start: number, length: number, signal: AbortSignal) {
    this.#context = context;
    this.#start = start;
    this.#length = length;
    this.#signal = signal;
  }

  async digest(withMd5: boolean): Promise<{ crc64: bigint; md5: Uint8Array<ArrayBuffer> | undefined }> {
    if (!withMd5 && this.#crc64s.length === Math.ceil(this.#length / BLOCK_BYTES))
      return { crc64: this.#crc64s.at(-1) ?? 0n, md5: undefined };
    const outcome = await this.#run(
      (range) => this.#context.threads.run({ type: "digest", range, withMd5 }),
      (abort) => onSignal(this.#signal, abort),
    );
    const md5 = outcome.type === "digested" ? outcome.md5 : undefined;
    return { crc64: this.#crc64s.at(-1) ?? 0n, md5 };
  }

  async send(request: WireRequest): Promise<WireResponse> {
    const { method, url, headers, freshConnection } = request;
    const part: PartRequest = { method, url, headers, freshConnection };
    const proxy = this.#context.proxyOf(url);
    // One for each attempt: the thread of the one before may still count.
    const unsent = new SharedArrayBuffer(8);
    const counter = new BigUint64Array(unsent);
    Atomics.store(counter, 0, BigInt(this.#length));
    const left = (): number => Number(Atomics.load(counter, 0));
    // Until it has a thread and a connection.
    request.onQueue?.();
    const onEvent = (type: "queued" | "started"): void =>
      type === "queued" ? request.onQueue?.() : request.onStart?.(left);
    const outcome = await this.#run(
      (range) => this.#context.threads.run({ type: "send", range, request: part, proxy, unsent }, onEvent),
      (abort) => onRequestAbort(request, abort),
    );
    if (outcome.type !== "sent") throw new Error("a thread has digested and not sent");
    return new BufferedResponse(request, outcome.status, wireHeaders(outcome.headers), [outcome.body]);
  }

  /** Runs a job over the open file. Rejects at once when it is aborted; the file stays open until the thread is done. */
  async #run(
    begin: (range: LentRange) => RunningJob,
    listen: (abort: (reason: unknown) => void) => () => void,
  ): Promise<Outcome> {
    const { descriptor, name, size, release } = await this.#context.file.lend(this.#signal);
    let job: RunningJob;
    try {
      job = begin({ descriptor, name, size, start: this.#start, length: this.#length });
    } catch (error) {
      release();
      throw error;
    }
    let stop = (): void => {};
    const aborted = new Promise<never>((_, reject) => {
      stop = listen((reason) => {
        job.abort();
        reject(reason);
      });
    });
    job.outcome.then(release, release);
    try {
      return this.#accept(await Promise.race([job.outcome, aborted]));
    } finally {
      stop();
    }
  }

  #accept(outcome: Outcome): Outcome {
    const known = this.#crc64s;
    const { crc64s } = outcome;
    if (crc64s.some((crc64, index) => known[index] !== undefined && known[index] !== crc64))
      throw sourceChanged();
    if (crc64s.length > known.length) this.#crc64s = crc64s;
    if (outcome.type === "failed") throw receivedError(outcome.error);
    return outcome;
  }
}

function onSignal(signal: AbortSignal, abort: (reason: unknown) => void): () => void {
  const listener = (): void => abort(signal.reason);
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}
