import type { Worker } from "node:worker_threads";
import { changedAuthorities } from "./authorities.ts";
import type { DigestJob, FromThread, Outcome, SendJob } from "./messages.ts";
import { endOf, notStarted, startWorker } from "./start-worker.ts";

/** A thread that has had nothing to do for so long is ended; its connections are closed by then. */
const IDLE_MS = 10_000;

/** A job as it goes on. */
export interface RunningJob {
  /** Rejects when the thread has ended by itself. */
  readonly outcome: Promise<Outcome>;
  /** Ends the job early; the outcome follows. */
  abort(): void;
}

/** What is called before the outcome of a job. */
export type OnEvent = (type: "queued" | "started") => void;

interface Waiting {
  readonly onEvent: OnEvent | undefined;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

/** The threads of one client. Each is started when all others are busy, up to `count`, and ended when it is idle. */
export class Threads {
  readonly #count: number;
  readonly #memoryBytes: number;
  readonly #threads = new Set<Thread>();

  /** @param memoryBytes of file blocks, of each thread */
  constructor(count: number, memoryBytes: number) {
    this.#count = count;
    this.#memoryBytes = memoryBytes;
  }

  /** Gives a job to the thread that has the fewest. */
  run(job: SendJob | DigestJob, onEvent?: OnEvent): RunningJob {
    let chosen: Thread | undefined;
    for (const thread of this.#threads)
      if (chosen === undefined || thread.jobs < chosen.jobs) chosen = thread;
    if (chosen === undefined || (chosen.jobs > 0 && this.#threads.size < this.#count)) chosen = this.#start();
    return chosen.run(job, onEvent);
  }

  /** Ends all threads; jobs under way reject. */
  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  #start(): Thread {
    const thread = new Thread(this.#memoryBytes, () => this.#threads.delete(thread));
    this.#threads.add(thread);
    return thread;
  }
}

class Thread {
  readonly #worker: Worker;
  readonly #onEnd: () => void;
  readonly #waiting = new Map<number, Waiting>();
  #hasBegun = false;
  #id = 0;
  #idle: NodeJS.Timeout | undefined;

  /** @param onEnd called when the thread takes no more jobs, perhaps more than once */
  constructor(memoryBytes: number, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#worker = startWorker({ memoryBytes, authorities: changedAuthorities() });
    this.#worker.unref();
    this.#worker.on("message", (message: FromThread) => this.#receive(message));
    let failure: unknown;
    this.#worker.on("error", (error) => {
      failure = error;
      onEnd();
    });
    this.#worker.on("exit", (code) => {
      onEnd();
      clearTimeout(this.#idle);
      const error = this.#hasBegun ? endOf(code, failure) : notStarted(failure, code);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  get jobs(): number {
    return this.#waiting.size;
  }

  run(job: SendJob | DigestJob, onEvent: OnEvent | undefined): RunningJob {
    this.#id += 1;
    const id = this.#id;
    clearTimeout(this.#idle);
    if (this.#waiting.size === 0) this.#worker.ref();
    const outcome = new Promise<Outcome>((resolve, reject) => {
      this.#waiting.set(id, { onEvent, resolve, reject });
    });
    this.#worker.postMessage({ ...job, id });
    return { outcome, abort: () => this.#worker.postMessage({ type: "abort", id }) };
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(message: FromThread): void {
    if (message.type === "begun") {
      this.#hasBegun = true;
      return;
    }
    const { id } = message;
    const waiting = this.#waiting.get(id);
    if (message.type === "queued" || message.type === "started") {
      waiting?.onEvent?.(message.type);
      return;
    }
    this.#waiting.delete(id);
    waiting?.resolve(message);
    if (this.#waiting.size > 0) return;
    this.#worker.unref();
    this.#idle = setTimeout(() => {
      this.#onEnd();
      void this.end();
    }, IDLE_MS).unref();
  }
}
