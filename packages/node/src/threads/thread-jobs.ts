import {
  BLOCK_BYTES,
  DigestCore,
  PartInBlocks,
  type Runtime,
  systemClock,
  type WireRequest,
} from "@cosup/core/runtime";
import { createTransport, type Transport } from "../transport.ts";
import { LentFile } from "./lent-file.ts";
import type { DigestJob, FromThread, LentRange, Outcome, SendJob, ToThread } from "./messages.ts";
import { sentError } from "./sent-error.ts";

/** How often a thread writes down what its sockets have accepted, which a progress bar shows ten times a second. */
const COUNT_EVERY_MS = 100;

type Post = (message: FromThread) => void;
/** An outcome without what is the same of all. */
type Result = Outcome extends infer One ? (One extends Outcome ? Omit<One, "crc64s"> : never) : never;

/** Reads and sends the ranges that the main thread asks for, with connections of its own. */
export class ThreadJobs {
  readonly #core: Promise<DigestCore>;
  readonly #post: Post;
  readonly #transports = new Map<string | undefined, Transport>();
  readonly #running = new Map<number, AbortController>();
  /** Write down what has been accepted of a body, one for each body under way. */
  readonly #counts = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  /** @param memoryBytes of blocks, for all ranges under way */
  constructor(runtime: Pick<Runtime, "wasm" | "takesResizable">, memoryBytes: number, post: Post) {
    this.#core = DigestCore.create(runtime, memoryBytes, systemClock);
    // Each job fails with it.
    this.#core.catch(() => {});
    this.#post = post;
  }

  async take(message: ToThread): Promise<void> {
    const { id } = message;
    if (message.type === "abort") {
      this.#running.get(id)?.abort(new Error("aborted"));
      return;
    }
    const controller = new AbortController();
    this.#running.set(id, controller);
    const outcome = await this.#run(message, id, controller.signal);
    this.#running.delete(id);
    this.#post({ ...outcome, id });
  }

  async #run(job: SendJob | DigestJob, id: number, signal: AbortSignal): Promise<Outcome> {
    let part: PartInBlocks | undefined;
    let result: Result;
    try {
      const core = await this.#core;
      const memory = await core.arena.allocate(BLOCK_BYTES, signal, this);
      part = partOf(job.range, core, memory.bytes, signal);
      const send = job.type === "send" ? this.#send(job, part, id, signal) : undefined;
      try {
        result = (await send) ?? {
          type: "digested",
          md5: (await part.digest(memory.bytes, isMd5Wanted(job))).md5,
        };
      } finally {
        await part.close();
        memory.release();
      }
    } catch (error) {
      result = { type: "failed", error: sentError(error) };
    }
    return { ...result, crc64s: part?.crc64s ?? [] };
  }

  async #send(job: SendJob, part: PartInBlocks, id: number, signal: AbortSignal): Promise<Result> {
    const { proxy, request, unsent } = job;
    const counter = new BigUint64Array(unsent);
    let count: (() => void) | undefined;
    const wire: WireRequest = {
      ...request,
      blocks: part.begin(),
      signal,
      bufferResponse: true,
      onQueue: () => this.#post({ type: "queued", id }),
      onStart: (left) => {
        count = () => void Atomics.store(counter, 0, BigInt(left?.() ?? 0));
        this.#count(count);
        this.#post({ type: "started", id });
      },
    };
    try {
      const response = await this.#transportTo(proxy).send(wire);
      const headers: Record<string, string> = {};
      response.headers.forEach((value, name) => {
        headers[name] = value;
      });
      const body = new Uint8Array(await response.arrayBuffer());
      return { type: "sent", status: response.status, headers, body };
    } finally {
      if (count !== undefined) this.#counts.delete(count);
    }
  }

  #transportTo(proxy: string | undefined): Transport {
    let transport = this.#transports.get(proxy);
    if (transport === undefined) {
      transport = createTransport({ proxy: proxy ?? false });
      this.#transports.set(proxy, transport);
    }
    return transport;
  }

  #count(count: () => void): void {
    this.#counts.add(count);
    count();
    this.#timer ??= setInterval(() => {
      for (const each of this.#counts) each();
      if (this.#counts.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    }, COUNT_EVERY_MS);
  }
}

function isMd5Wanted(job: SendJob | DigestJob): boolean {
  return job.type === "digest" && job.withMd5;
}

function partOf(range: LentRange, core: DigestCore, memory: Uint8Array, signal: AbortSignal): PartInBlocks {
  const file = new LentFile(range);
  const { start, length } = range;
  return new PartInBlocks({ source: file, reader: file, core, memory, start, length, signal });
}
