import type { WireRequest, WireResponse } from "@cosup/core/runtime";
import { Random } from "../../../packages/core/test/support/random.ts";
import type { ExchangeRecord } from "./exchange-record.ts";
import { drawFate, type Fate, type FateKind, type Rates } from "./fault.ts";
import { type Operation, type Subject, subjectOf } from "./operation.ts";
import type { Served, Service } from "./service.ts";
import { Broken, errorResponse, madeUp, SimulatedResponse } from "./simulated-response.ts";
import { track } from "./untracked-work.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export interface NetworkOptions {
  readonly seed: number;
  readonly rates: Rates;
  /** Only these exchanges may meet a fault; for shrinking. */
  readonly only: ReadonlySet<number> | undefined;
}

/** The instants of a request at which a scenario may act. */
export type Instant = "sent" | "served" | "ended";

/** A request under way. */
interface Flight {
  readonly request: WireRequest;
  readonly record: ExchangeRecord;
  readonly random: Random;
  readonly resolve: (response: WireResponse) => void;
  readonly reject: (reason: unknown) => void;
  /** A copy of the body once the client has given up; the client's own memory until then. */
  body: Uint8Array | undefined;
}

/** Carries requests to the service in virtual time, and applies faults to some of them. */
export class Network {
  rates: Rates;
  readonly records: ExchangeRecord[] = [];
  readonly responses: SimulatedResponse[] = [];
  /** Calls of clients that have begun. */
  calls = 0;
  /** Faults that met an exchange, as `operation fate`. */
  readonly met = new Map<string, number>();
  /** Called at every instant; the number counts them. */
  readonly listeners = new Set<(instant: Instant, record: ExchangeRecord, count: number) => void>();
  /** Sees a request before the service does, and may respond in its place. */
  gate: ((record: ExchangeRecord) => Served | undefined) | undefined;
  readonly #options: NetworkOptions;
  readonly #clock: VirtualClock;
  readonly #service: Service;
  #instants = 0;
  /** The number of requests so far with the same subject. */
  readonly #times = new Map<string, number>();

  constructor(options: NetworkOptions, clock: VirtualClock, service: Service) {
    this.#options = options;
    this.rates = options.rates;
    this.#clock = clock;
    this.#service = service;
  }

  /** Exchanges about a key that the client still waits for. */
  open(key: string): number {
    return this.records.filter((record) => record.key === key && record.endedAt === undefined).length;
  }

  send(request: WireRequest): Promise<WireResponse> {
    const ordinal = this.records.length + 1;
    const subject = subjectOf(request);
    const id = this.#idOf(subject);
    const random = new Random(mix(this.#options.seed, id));
    const record: ExchangeRecord = {
      ...subject,
      ordinal,
      id,
      fate: this.#fateOf(id, subject.operation, random),
      sentAt: this.#clock.now(),
      token: request.headers["x-cos-security-token"],
      call: this.calls,
      flipped: undefined,
      committed: false,
      abandoned: false,
      status: undefined,
      heard: false,
      endedAt: undefined,
      begunUpload: undefined,
    };
    this.records.push(record);
    this.#tell("sent", record);
    return new Promise((resolve, reject) => {
      const flight: Flight = { request, record, random, resolve, reject, body: request.body };
      this.#watchSignal(flight);
      this.#depart(flight);
    });
  }

  #idOf({ operation, key, partNumber, position }: Subject): number {
    const about = `${operation} ${key} ${partNumber ?? position ?? ""}`;
    const times = (this.#times.get(about) ?? 0) + 1;
    this.#times.set(about, times);
    return [...about].reduce((hash, character) => mix(hash, character.charCodeAt(0)), times);
  }

  #fateOf(id: number, operation: Operation, random: Random): Fate {
    const fate = drawFate(random, operation, this.rates);
    const allowed = this.#options.only === undefined || this.#options.only.has(id);
    return allowed ? fate : { kind: "none" };
  }

  /** As with fetch, an abort rejects at once. */
  #watchSignal(flight: Flight): void {
    const { signal } = flight.request;
    const onAbort = (): void => {
      if (flight.record.endedAt !== undefined) return;
      flight.record.abandoned = true;
      // Bytes in the kernel's buffers may still arrive, but the client may reuse its memory.
      flight.body = flight.body && new Uint8Array(flight.body);
      this.#end(flight, () => flight.reject(signal.reason));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  }

  #depart(flight: Flight): void {
    const { fate, operation } = flight.record;
    this.#clock.timer(fate.kind === "slow" ? fate.ms : flight.random.between(1, 40), () => {
      if (fate.kind !== "none") this.#count(operation, fate.kind);
      if (!this.#diverted(flight)) void track(this.#arrive(flight));
    });
  }

  /** Whether the request meets its fate before it reaches the service. */
  #diverted(flight: Flight): boolean {
    const { fate } = flight.record;
    if (fate.kind === "connect" || fate.kind === "reset") this.#break(flight, fate.kind);
    else if (fate.kind === "status")
      this.#respond(flight, errorResponse(fate.status, fate.code, fate.retryAfter));
    else if (fate.kind === "foreign") this.#respond(flight, madeUp(fate.status, "<html>portal</html>"));
    else if (fate.kind === "late-error") this.#respond(flight, errorResponse(200, "InternalError"));
    else return fate.kind === "black-hole";
    return true;
  }

  async #arrive(flight: Flight): Promise<void> {
    const { request, record, random } = flight;
    // Half of the requests that a client gives up were already sent.
    if (record.abandoned && random.next() < 0.5) return;
    const body = flight.body === undefined ? undefined : harmed(flight.body, record.fate);
    if (record.fate.kind === "flipped") record.flipped = body;
    const served = this.gate?.(record) ?? (await this.#service.handle(request, body));
    record.committed = served.status < 300;
    if (record.operation === "Initiate" && record.committed) {
      record.begunUpload = /<UploadId>([^<]*)</.exec(Buffer.from(served.body).toString())?.[1];
    }
    this.#tell("served", record);
    this.#clock.timer(random.between(1, 40), () => this.#comeBack(flight, served));
  }

  #comeBack(flight: Flight, served: Served): void {
    const { kind } = flight.record.fate;
    if (kind === "lost-silence") return;
    const torn = kind === "lost-torn";
    if (kind === "lost-reset" || (torn && served.body.length === 0)) this.#break(flight, "reset");
    else if (kind === "lost-gateway") this.#respond(flight, madeUp(504, "<html>gateway</html>"));
    else if (kind === "lost-unavailable") this.#respond(flight, errorResponse(503, "ServiceUnavailable"));
    else if (kind === "wrong-crc")
      this.#respond(flight, { ...served, headers: withWrongCrc(served.headers) });
    else {
      flight.record.heard = !torn && !flight.record.abandoned;
      this.#respond(flight, served, torn);
    }
  }

  #break(flight: Flight, failure: "connect" | "reset"): void {
    this.#end(flight, () => flight.reject(new Broken(failure)));
  }

  #respond(flight: Flight, served: Served, torn = false): void {
    if (flight.record.endedAt !== undefined) return;
    flight.record.status = served.status;
    const response = new SimulatedResponse(served, torn, flight.request.method === "HEAD");
    this.responses.push(response);
    this.#end(flight, () => flight.resolve(response));
  }

  #end(flight: Flight, settle: () => void): void {
    if (flight.record.endedAt !== undefined) return;
    flight.record.endedAt = this.#clock.now();
    settle();
    this.#tell("ended", flight.record);
  }

  #tell(instant: Instant, record: ExchangeRecord): void {
    this.#instants += 1;
    for (const listener of this.listeners) listener(instant, record, this.#instants);
  }

  #count(operation: Operation, kind: FateKind): void {
    const name = `${operation} ${kind}`;
    this.met.set(name, (this.met.get(name) ?? 0) + 1);
  }
}

/** Hashes two numbers to one, so that neighbouring seeds differ. */
export function mix(seed: number, other: number): number {
  let mixed = Math.imul(seed ^ Math.imul(other, 0x9e3779b1), 0x85ebca6b) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 0;
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function harmed(body: Uint8Array, fate: Fate): Uint8Array {
  // Not slice: that of a Buffer is a view.
  const arrived = new Uint8Array(body);
  if (fate.kind !== "flipped" || arrived.length === 0) return arrived;
  const index = Math.floor(fate.at * arrived.length);
  arrived[index] = (arrived[index] ?? 0) ^ (1 << Math.floor((fate.at * 8191) % 8));
  return arrived;
}

function withWrongCrc(headers: Served["headers"]): Served["headers"] {
  const name = "x-cos-hash-crc64ecma";
  return headers.has(name) ? new Map(headers).set(name, "12345") : headers;
}
