import { CosClient, type CosOptions, type UploadWarning } from "@cosup/core";
import type { ByteSource, Clock, Runtime } from "@cosup/core/runtime";
import { wasmBytes } from "@cosup/core/wasm-bytes";
import { Random } from "../../../packages/core/test/support/random.ts";
import { HEAVY, type Rates } from "./fault.ts";
import type { SimulatedFile } from "./file-input.ts";
import { MemoryCheckpoints } from "./memory-checkpoints.ts";
import { mix, Network } from "./network.ts";
import { leakIn, SECRET_ID, SECRET_KEY } from "./secrets.ts";
import { Service } from "./service.ts";
import { SHA1 } from "./sha1.ts";
import { Broken } from "./simulated-response.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** Bytes that stand for one MB. */
export const UNIT = 1024;

/** One run: its seed, and what a shrunk reproduction leaves out. */
export interface Run {
  readonly seed: number;
  /** Only these exchanges may meet a fault. */
  readonly faults?: ReadonlySet<number> | undefined;
  /** Sources are this much smaller, 0 to 1. */
  readonly scale?: number | undefined;
  /** At most this many operations of each scenario. */
  readonly operations?: number | undefined;
}

export interface ClientShape {
  readonly skewMs?: number;
  readonly concurrency?: number;
  readonly memoryBudget?: number;
  readonly options?: CosOptions;
}

/** A client and the memory budget of its parts. */
export interface BudgetedClient {
  readonly client: CosClient;
  readonly memoryBudget: number;
}

const wasm = WebAssembly.compile(wasmBytes());
/** The parts of one run: clock, randomness, network, service and clients; and the violations that were found. */
export class Rig {
  readonly random: Random;
  readonly network: Network;
  readonly checkpoints: MemoryCheckpoints;
  readonly files = new Map<string, SimulatedFile>();
  readonly clients: BudgetedClient[] = [];
  readonly violations: string[] = [];
  readonly warnings: UploadWarning[] = [];
  /** Unfinished uploads of other writers, which must stay. */
  readonly foreign: string[] = [];
  /** Keys, and prefixes of keys, that the calls under way may send requests about. */
  readonly active: string[] = [];

  private constructor(
    readonly run: Run,
    readonly clock: VirtualClock,
    readonly service: Service,
    rates: Rates,
  ) {
    this.random = new Random(mix(run.seed, 0x5eed));
    this.network = new Network({ seed: run.seed, rates, only: run.faults }, clock, service);
    this.checkpoints = new MemoryCheckpoints(clock, new Random(mix(run.seed, 0xc4ec)));
    this.network.listeners.add((instant, record) => {
      if (instant === "sent" && !this.active.some((key) => record.key.startsWith(key))) {
        this.fail(`${record.operation} of ${record.key} was sent while no call about it was under way`);
      }
    });
  }

  static async open(run: Run, rates: Rates = HEAVY): Promise<Rig> {
    const clock = new VirtualClock(mix(run.seed, 0xc10c));
    const service = await Service.open(() => clock.now());
    return new Rig(run, clock, service, rates);
  }

  fail(violation: string): void {
    this.violations.push(violation);
  }

  /** A random size between `low` and `high`, smaller in a shrunk run. */
  size(low: number, high: number): number {
    return Math.ceil(this.random.between(low, high) * (this.run.scale ?? 1));
  }

  /** How many operations of up to `wanted` this run makes. */
  operations(wanted: number): number {
    return Math.min(wanted, this.run.operations ?? wanted);
  }

  file(name: string, file: SimulatedFile): string {
    this.files.set(name, file);
    return name;
  }

  client(shape: ClientShape = {}): CosClient {
    const memoryBudget = shape.memoryBudget ?? this.random.between(24, 64) * UNIT;
    const skewMs = shape.skewMs ?? 0;
    const clock: Clock = {
      now: () => this.clock.now() + skewMs,
      timer: (delayMs, fire) => this.clock.timer(delayMs, fire),
      random: this.clock.random,
    };
    const keys =
      shape.options?.credentials === undefined ? { SecretId: SECRET_ID, SecretKey: SECRET_KEY } : {};
    const options: CosOptions = { Region: "ap-guangzhou", ...keys, ...shape.options };
    const client = new CosClient(this.#runtime(shape.concurrency ?? 4, memoryBudget), options, clock);
    this.clients.push({ client, memoryBudget });
    return client;
  }

  /** Receives every warning and every progress event of a call. */
  readonly onWarning = (warning: UploadWarning): void => {
    this.warnings.push(warning);
    const leak = leakIn(JSON.stringify(warning));
    if (leak !== undefined) this.fail(`a warning shows ${leak}`);
  };

  #runtime(concurrency: number, memoryBudget: number): Runtime {
    return {
      name: "simulation",
      wasm,
      sha1: SHA1,
      defaults: { partSize: 2 * UNIT, concurrency, memoryBudget, partUnit: UNIT },
      send: (request) => {
        if (request.headers.authorization === undefined)
          this.fail(`${request.method} was sent without a signature`);
        return this.network.send(request);
      },
      open: async (input) => this.#open(input),
      transportError: (cause) => (cause instanceof Broken ? cause.failure : "unknown"),
    };
  }

  #open(input: unknown): ByteSource | undefined {
    if (typeof input !== "object" || input === null || !("path" in input)) return undefined;
    const file = this.files.get(String(input.path));
    if (file === undefined) throw new Error(`the simulation has no file ${String(input.path)}`);
    return file.open();
  }
}
