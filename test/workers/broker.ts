import { setTimeout as pause } from "node:timers/promises";
import { serviceResponse, type Worker } from "./rig.ts";

/** A queue's configuration, as in wrangler.jsonc. */
interface Consumer {
  readonly batchSize: number;
  /** Invocations at the same time. */
  readonly concurrency: number;
  readonly maxRetries: number;
}

interface Delivery {
  readonly id: string;
  readonly body: unknown;
  readonly dueMs: number;
  /** Deliveries so far. */
  readonly attempts: number;
}

/** What workerd says of a batch. */
interface QueueResult {
  readonly outcome: string;
  readonly ackAll: boolean;
  readonly retryBatch: { readonly retry: boolean };
  readonly explicitAcks: readonly string[];
  readonly retryMessages: readonly { readonly msgId: string; readonly delaySeconds?: number }[];
}

/** Longest delay that is waited for, so that a test does not take the minutes that a real queue may take. */
const LONGEST_DELAY_MS = 300;

/**
 * A queue service outside of workerd, so that messages survive when the process is killed, as they do at Cloudflare. It
 * delivers at least once, in any order, and each message as often as `copies` says, duplicates at any time.
 */
export class Broker {
  readonly #consumers: Readonly<Record<string, Consumer>>;
  readonly #random: () => number;
  readonly #copies: number;
  readonly #waiting = new Map<string, Delivery[]>();
  readonly #running = new Map<string, number>();
  readonly dead: unknown[] = [];
  /** Bytes of the largest `sendBatch`, and of the largest message in it. */
  largest = { batch: 0, messages: 0, message: 0 };
  deliveries = 0;
  /** Most subrequests of one invocation, if no others ran at the same time. */
  subrequests = 0;
  /** Invocations that ended by a throw or by the end of the process, by queue. */
  readonly crashed = new Map<string, number>();
  /** Running invocations that wait for the command to crash, by their first message, the oldest first. */
  readonly #watching = new Map<string, (crashes: boolean) => void>();
  /** The first message of each running invocation. */
  readonly #dispatching: string[] = [];
  #count = 0;
  worker: Worker | undefined;
  /** All bodies that were sent. */
  readonly seen: unknown[] = [];
  readonly #paused = new Set<string>();
  #stopped = false;

  constructor(consumers: Readonly<Record<string, Consumer>>, random: () => number, copies: number) {
    this.#consumers = consumers;
    this.#random = random;
    this.#copies = copies;
    for (const name of Object.keys(consumers)) void this.#deliver(name);
  }

  /** The service binding of the fixture's Worker. */
  readonly serve = async (request: { url: string; text(): Promise<string> }): Promise<unknown> => {
    const { pathname, searchParams } = new URL(request.url);
    const path = pathname.slice(1);
    if (path === "crash") {
      const crashes = await new Promise<boolean>((resolve) =>
        this.#watching.set(searchParams.get("id") ?? "", resolve),
      );
      return serviceResponse(JSON.stringify(crashes));
    }
    if (path === "used") {
      this.subrequests = Math.max(this.subrequests, Number(searchParams.get("subrequests")));
      return serviceResponse(null, { status: 204 });
    }
    const text = await request.text();
    const bodies = JSON.parse(text) as unknown[];
    this.#measure(bodies);
    for (const body of bodies) this.send(path, body);
    return serviceResponse(null, { status: 204 });
  };

  send(name: string, body: unknown): void {
    this.#count += 1;
    this.seen.push(body);
    for (let copy = 0; copy < this.#copies; copy += 1) {
      const dueMs = performance.now() + (copy === 0 ? 0 : this.#random() * 500);
      // Half of the duplicates have the id of the message, as one that is delivered twice has; the others were sent twice.
      const twin = copy > 0 && this.#random() < 0.5 ? `-${copy}` : "";
      this.#list(name).push({ id: `${name}-${this.#count}${twin}`, body, dueMs, attempts: 0 });
    }
  }

  /** Makes the invocation of this queue throw that has been running longest. */
  async crash(name: string): Promise<void> {
    const before = this.crashed.get(name) ?? 0;
    for (;;) {
      const id = [...this.#watching.keys()].find((key) => key.startsWith(name));
      if (id !== undefined) this.#endWatch(id, true);
      const isRunning = (): boolean => id !== undefined && this.#dispatching.includes(id);
      while ((this.crashed.get(name) ?? 0) === before && isRunning()) await pause(5);
      if ((this.crashed.get(name) ?? 0) > before) return;
      await pause(5);
    }
  }

  #endWatch(id: string, crashes: boolean): void {
    this.#watching.get(id)?.(crashes);
    this.#watching.delete(id);
  }

  /** Whether nothing is waiting, and no delivery is running. */
  get idle(): boolean {
    const names = Object.keys(this.#consumers);
    return names.every((name) => this.#list(name).length === 0 && (this.#running.get(name) ?? 0) === 0);
  }

  running(name: string): number {
    return this.#running.get(name) ?? 0;
  }

  /** Delivers nothing of this queue until {@link resume}. */
  pause(name: string): void {
    this.#paused.add(name);
  }

  resume(name: string): void {
    this.#paused.delete(name);
  }

  /** The bodies of the messages that wait. */
  waiting(name: string): readonly unknown[] {
    return this.#list(name).map(({ body }) => body);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #deliver(name: string): Promise<void> {
    const consumer = this.#consumers[name] as Consumer;
    while (!this.#stopped) {
      const { worker } = this;
      if (worker !== undefined && !this.#paused.has(name) && this.running(name) < consumer.concurrency) {
        const batch = this.#take(name, consumer.batchSize);
        if (batch.length > 0) void this.#dispatch(name, worker, batch);
      }
      await pause(5);
    }
  }

  /** Takes messages that are due, in any order, none of them twice. */
  #take(name: string, most: number): Delivery[] {
    const list = this.#list(name);
    const now = performance.now();
    const batch: Delivery[] = [];
    for (let tries = 0; tries < most * 3 && batch.length < most && list.length > 0; tries += 1) {
      const at = Math.floor(this.#random() * list.length);
      const delivery = list[at] as Delivery;
      if (delivery.dueMs > now || batch.some(({ id }) => id === delivery.id)) continue;
      list.splice(at, 1);
      batch.push({ ...delivery, attempts: delivery.attempts + 1 });
    }
    return batch;
  }

  async #dispatch(name: string, worker: Worker, batch: readonly Delivery[]): Promise<void> {
    this.#running.set(name, this.running(name) + 1);
    this.deliveries += batch.length;
    const first = batch[0]?.id ?? "";
    this.#dispatching.push(first);
    const messages = batch.map(({ id, body, attempts }) => ({ id, body, attempts, timestamp: new Date() }));
    let result: QueueResult | undefined;
    try {
      result = (await (await worker.miniflare.getWorker()).queue(name, messages)) as QueueResult;
    } catch {
      result = undefined;
    }
    this.#running.set(name, this.running(name) - 1);
    const crashed = result?.outcome !== "ok";
    if (crashed) this.crashed.set(name, (this.crashed.get(name) ?? 0) + 1);
    this.#endWatch(first, false);
    this.#dispatching.splice(this.#dispatching.indexOf(first), 1);
    for (const delivery of batch) this.#settle(name, delivery, result);
  }

  #settle(name: string, delivery: Delivery, result: QueueResult | undefined): void {
    const retry = result?.retryMessages.find(({ msgId }) => msgId === delivery.id);
    if (result?.outcome === "ok" && retry === undefined && !result.retryBatch.retry) return;
    if (delivery.attempts > (this.#consumers[name]?.maxRetries ?? 0)) {
      this.dead.push(delivery.body);
      return;
    }
    const delayMs = Math.min(LONGEST_DELAY_MS, (retry?.delaySeconds ?? 0) * 1000);
    this.#list(name).push({ ...delivery, dueMs: performance.now() + delayMs });
  }

  #measure(bodies: readonly unknown[]): void {
    const sizes = bodies.map((body) => Buffer.byteLength(JSON.stringify(body)) + 100);
    this.largest = {
      batch: Math.max(
        this.largest.batch,
        sizes.reduce((sum, size) => sum + size, 0),
      ),
      messages: Math.max(this.largest.messages, sizes.length),
      message: Math.max(this.largest.message, ...sizes),
    };
  }

  #list(name: string): Delivery[] {
    const list = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, list);
    return list;
  }
}
