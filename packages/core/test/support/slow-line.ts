import type { Runtime } from "../../src/runtime/runtime.ts";
import type { WireRequest, WireResponse } from "../../src/runtime/wire.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const TICK_MS = 500;

export interface SlowLineOptions {
  readonly bytesPerSecond: number;
  /** Bytes that each connection's kernel accepts before they are sent. */
  readonly kernelBytes: number;
  /** Whether the runtime reports what a socket has accepted. */
  readonly metered: boolean;
}

interface Transfer {
  readonly length: number;
  delivered: number;
  readonly arrived: () => void;
}

/**
 * A line of few bytes per second that all requests share, before a runtime that responds when the whole body has
 * arrived.
 */
export class SlowLine {
  readonly #clock: VirtualClock;
  readonly #options: SlowLineOptions;
  readonly #transfers = new Set<Transfer>();
  #ticking = false;
  /** Bytes of bodies that went over the line, those of requests that were given up included. */
  carried = 0;
  /** Most requests under way at once, since the last reset. */
  most = 0;
  readonly sent: WireRequest[] = [];

  constructor(clock: VirtualClock, options: SlowLineOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  before(runtime: Runtime): Runtime {
    return {
      ...runtime,
      send: async (request) => {
        this.sent.push(request);
        await this.#carry(request);
        return runtime.send(request);
      },
    };
  }

  #carry(request: WireRequest): Promise<WireResponse | undefined> {
    const { kernelBytes, metered } = this.#options;
    return new Promise((resolve, reject) => {
      const length = request.body?.length ?? 0;
      const transfer = { length, delivered: 0, arrived: () => resolve(undefined) };
      this.#transfers.add(transfer);
      this.most = Math.max(this.most, this.#transfers.size);
      request.onAbort?.((reason) => {
        this.#transfers.delete(transfer);
        reject(reason);
      });
      request.onStart?.(metered ? () => Math.max(0, length - transfer.delivered - kernelBytes) : undefined);
      this.#tick();
    });
  }

  #tick(): void {
    if (this.#ticking || this.#transfers.size === 0) return;
    this.#ticking = true;
    this.#clock.timer(TICK_MS, () => {
      this.#ticking = false;
      const share = (this.#options.bytesPerSecond * TICK_MS) / 1000 / this.#transfers.size;
      for (const transfer of [...this.#transfers]) {
        const bytes = Math.min(share, transfer.length - transfer.delivered);
        transfer.delivered += bytes;
        this.carried += bytes;
        if (transfer.delivered < transfer.length) continue;
        this.#transfers.delete(transfer);
        transfer.arrived();
      }
      this.#tick();
    });
  }
}
