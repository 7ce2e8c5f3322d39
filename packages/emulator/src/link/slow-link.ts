import { serialiseHead } from "../connection/wire.ts";
import type { PeekedRequest } from "../faults/peek-request.ts";
import { discard } from "../faults/response-body.ts";
import { mix, Random } from "../replay/random.ts";
import { RequestIds, subjectOf } from "../replay/request-ids.ts";
import { HangUp } from "../request/middleware.ts";
import type { EmulatorRequest, EmulatorResponse, Settings } from "../types.ts";
import { InterruptibleSleep } from "./interruptible-sleep.ts";
import { Lane } from "./lane.ts";
import { checkLink, type LinkOptions } from "./link-options.ts";

/** The line between the emulator and its clients: what arrives and what leaves passes here. */
export class SlowLink {
  readonly #sleep: InterruptibleSleep;
  readonly #inbound: Lane;
  readonly #outbound: Lane;
  readonly #peek: (request: EmulatorRequest) => PeekedRequest;
  readonly #ids = new RequestIds();
  #options: LinkOptions | undefined;

  /** @param peek what a request is about, by which its jitter is chosen */
  constructor({ sleep, now, link }: Settings, peek: (request: EmulatorRequest) => PeekedRequest) {
    this.#sleep = new InterruptibleSleep(sleep);
    this.#inbound = new Lane(this.#sleep, now);
    this.#outbound = new Lane(this.#sleep, now);
    this.#peek = peek;
    this.options = link;
  }

  get options(): LinkOptions | undefined {
    return this.#options;
  }

  /** Counts at once, also for bytes that are waiting; a latency that is under way ends. */
  set options(options: LinkOptions | undefined) {
    checkLink(options);
    this.#options = options && Object.freeze({ ...options });
    for (const lane of [this.#inbound, this.#outbound]) lane.bytesPerSecond = options?.bytesPerSecond;
    this.#sleep.wakeAll();
  }

  /** Passes a request to `respond` as it arrives, and returns the response as it leaves. */
  async carry(
    request: EmulatorRequest,
    respond: (arrived: EmulatorRequest) => Promise<EmulatorResponse>,
  ): Promise<EmulatorResponse> {
    const options = this.#options;
    if (options === undefined) return respond(request);
    const gone = request.connection?.gone;
    const ways = this.#latencies(request, options);
    await this.#pass(this.#inbound, ways.inMs, headBytes(request), gone);
    const body = request.body && this.#inbound.through(request.body, gone);
    const response = await respond({ ...request, ...(body && { body }) });
    try {
      await this.#pass(this.#outbound, ways.outMs, bytesBeforeBody(response, request.method), gone);
    } catch (error) {
      await discard(response);
      throw error;
    }
    if (typeof response.body !== "object") return response;
    return { ...response, body: this.#outbound.through(response.body, gone) };
  }

  /** The rest of a body that nobody reads, no faster than the line. */
  arriving(body: AsyncIterable<Uint8Array>, gone: AbortSignal | undefined): AsyncIterable<Uint8Array> {
    return this.#options === undefined ? body : this.#inbound.through(body, gone);
  }

  /** Ends every wait, also later ones. */
  close(): void {
    this.#sleep.close();
  }

  async #pass(lane: Lane, waitMs: number, bytes: number, gone: AbortSignal | undefined): Promise<void> {
    await this.#sleep.wait(waitMs, gone);
    await lane.pass(bytes, gone);
    if (gone?.aborted) throw new HangUp();
  }

  #latencies(
    request: EmulatorRequest,
    { latencyMs = 0, jitterMs = 0, seed = 1 }: LinkOptions,
  ): { readonly inMs: number; readonly outMs: number } {
    const random = jitterMs === 0 ? undefined : new Random(mix(seed, this.#idOf(request)));
    const jitter = (): number => (random?.next() ?? 0) * jitterMs;
    return { inMs: latencyMs * (1 + 2 * roundTripsBefore(request)) + jitter(), outMs: latencyMs + jitter() };
  }

  #idOf(request: EmulatorRequest): number {
    return this.#ids.next(subjectOf(this.#peek(request), request.method)).id;
  }
}

/** A real connection has cost a round trip by then, and its TLS another one. */
function roundTripsBefore({ connection }: EmulatorRequest): number {
  if (connection?.earlierRequests !== 0) return 0;
  return connection.tlsVersion === undefined ? 1 : 2;
}

function headBytes({ method, target, headers }: EmulatorRequest): number {
  const fields = Object.entries(headers).map(([name, value = ""]) => name.length + value.length + 4);
  return fields.reduce((sum, length) => sum + length, method.length + target.length + 14);
}

/** A document is counted with the head. */
function bytesBeforeBody(response: EmulatorResponse, method: string): number {
  const { body } = response;
  const head = serialiseHead(response, method).length;
  return typeof body === "string" && method !== "HEAD" ? head + Buffer.byteLength(body) : head;
}
