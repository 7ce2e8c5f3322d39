import type { Clock } from "../runtime/clock.ts";
import { detachedBufferError, isIntact } from "./detached-buffer.ts";
import type { WasmExports } from "./wasm-instance.ts";

const LANES = 4;
/** Bytes of a block of the MD5 algorithm. */
const MD5_BLOCK = 64;
/** Bytes that each lane advances before the queue is checked again: a quarter of the input window. */
const STEP = 65_536;
/**
 * Bytes of each lane hashed before the event loop gets a turn, so that sockets keep moving: half a millisecond. With eight times
 * as much, the lag of the event loop (p99) is 15 ms instead of 7, and an upload by HTTPS takes a tenth more CPU.
 */
const TURN = 256 * 1024;
/** The same where a turn is a timer, which comes a millisecond later. */
const TIMER_TURN = 2 * 1024 * 1024;

/** Turns of the event loop, about 1 ms each, that fewer than four long jobs wait for more before they start. */
const PATIENCE = 2;

interface Job {
  readonly bytes: Uint8Array;
  /** Its length at the start: that of `bytes` becomes 0 when their buffer is transferred away. */
  readonly length: number;
  readonly resolve: (digest: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (reason: unknown) => void;
  offset: number;
}

/**
 * MD5 of several parts side by side. One MD5 is a chain of dependent steps, but four independent ones fit the lanes
 * of a vector: 2.7 times as fast as node:crypto. Jobs join and leave between steps, so lanes refill as parts finish.
 */
export class Md5Lanes {
  readonly #wasm: WasmExports;
  readonly #clock: Clock;
  readonly #queue: Job[] = [];
  readonly #lanes: (Job | undefined)[] = Array.from({ length: LANES }, () => undefined);
  readonly #states: number[];
  readonly #windows: number[];
  /** 16 bytes for a finished digest. */
  readonly #out: number;
  #running = false;
  /** Turns of the event loop that unfilled lanes may still wait for more jobs. */
  #patience = PATIENCE;

  constructor(wasm: WasmExports, clock: Clock) {
    this.#wasm = wasm;
    this.#clock = clock;
    const stateAt = (index: number): number => wasm.scratchStart() + index * wasm.md5StateSize();
    this.#states = Array.from({ length: LANES }, (_, lane) => stateAt(lane));
    this.#windows = Array.from({ length: LANES }, (_, lane) => wasm.windowStart() + lane * STEP);
    this.#out = stateAt(LANES);
  }

  /** The MD5; rejects with a SourceError when the bytes' buffer is transferred away between two turns. */
  digest(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    // A short job waits neither for others nor for its turn.
    if (bytes.length <= STEP && !this.#running) return Promise.resolve(this.#alone(bytes));
    return new Promise((resolve, reject) => {
      this.#queue.push({ bytes, length: bytes.length, resolve, reject, offset: 0 });
      if (this.#running) return;
      this.#running = true;
      this.#clock.timer(0, () => this.#turn());
    });
  }

  #alone(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const state = this.#stateOf(0);
    this.#wasm.md5Init(state);
    this.#wasm.md5Update(state, this.#place(bytes, 0, bytes.length, 0), bytes.length);
    this.#wasm.md5Final(state, this.#out);
    return this.#result();
  }

  #turn(): void {
    const turn = this.#clock.turn === undefined ? TIMER_TURN : TURN;
    for (let done = 0; done < turn; ) {
      this.#fill();
      const active = this.#lanes.flatMap((job, lane) => (job === undefined ? [] : [{ job, lane }]));
      if (active.length === 0) {
        this.#running = false;
        this.#patience = PATIENCE;
        return;
      }
      if (this.#waits(active)) {
        this.#clock.timer(0, () => this.#turn());
        return;
      }
      done += this.#step(active);
    }
    if (this.#clock.turn === undefined) this.#clock.timer(0, () => this.#turn());
    else this.#clock.turn(() => this.#turn());
  }

  /** One lane takes as long as four together, so the lanes wait a moment for parts that are still being read. */
  #waits(active: readonly { job: Job }[]): boolean {
    const left = Math.min(...active.map(({ job }) => job.length - job.offset));
    if (active.length === LANES || left <= STEP) {
      this.#patience = PATIENCE;
      return false;
    }
    this.#patience -= 1;
    return this.#patience >= 0;
  }

  /**
   * Gives free lanes to waiting jobs, and rejects jobs whose buffer was transferred away since the last turn. Called before
   * every step: an exception in the timer's callback would end the process, or every later MD5 would wait forever.
   */
  #fill(): void {
    for (let lane = 0; lane < LANES; lane += 1) {
      const job = this.#lanes[lane];
      if (job !== undefined && isIntact(job.bytes, job.length)) continue;
      job?.reject(detachedBufferError());
      const next = this.#next();
      this.#lanes[lane] = next;
      if (next !== undefined) this.#wasm.md5Init(this.#stateOf(lane));
    }
  }

  #next(): Job | undefined {
    let job = this.#queue.shift();
    while (job !== undefined && !isIntact(job.bytes, job.length)) {
      job.reject(detachedBufferError());
      job = this.#queue.shift();
    }
    return job;
  }

  /** Advances every active lane by the same whole blocks; a lane with less than a block left finishes instead. */
  #step(active: readonly { job: Job; lane: number }[]): number {
    for (const { job, lane } of active) {
      if (job.length - job.offset < MD5_BLOCK) {
        this.#finish(job, lane);
        return 0;
      }
    }
    const shortest = Math.min(STEP, ...active.map(({ job }) => job.length - job.offset));
    const length = shortest - (shortest % MD5_BLOCK);
    const inputs = active.map(({ job, lane }) => this.#place(job.bytes, job.offset, length, lane));
    const first = active[0];
    if (active.length === 1 && first !== undefined) {
      this.#wasm.md5Update(this.#stateOf(first.lane), inputs[0] ?? 0, length);
    } else {
      this.#lanesUpdate(active, inputs, length / MD5_BLOCK);
    }
    for (const { job } of active) job.offset += length;
    // Four lanes take hardly longer than one.
    return length;
  }

  /**
   * Two or three jobs use all four lanes, too: idle lanes compute into states that are not used. That is still faster than
   * one job after the other.
   */
  #lanesUpdate(active: readonly { lane: number }[], inputs: readonly number[], blocks: number): void {
    const pointers = this.#lanes.map((job, lane) => {
      if (job === undefined) this.#wasm.md5Init(this.#stateOf(lane));
      return inputs[active.findIndex((item) => item.lane === lane)] ?? inputs[0] ?? 0;
    });
    const [state0 = 0, state1 = 0, state2 = 0, state3 = 0] = this.#states;
    const [pointer0 = 0, pointer1 = 0, pointer2 = 0, pointer3 = 0] = pointers;
    this.#wasm.md5Update4(state0, state1, state2, state3, pointer0, pointer1, pointer2, pointer3, blocks);
  }

  #finish(job: Job, lane: number): void {
    const left = job.length - job.offset;
    this.#wasm.md5Update(this.#stateOf(lane), this.#place(job.bytes, job.offset, left, lane), left);
    this.#wasm.md5Final(this.#stateOf(lane), this.#out);
    this.#lanes[lane] = undefined;
    job.resolve(this.#result());
  }

  #result(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#wasm.memory.buffer as ArrayBuffer, this.#out, 16).slice();
  }

  /** The address in WASM memory of `length` bytes from `offset`: their own, or that of a copy in the lane's window. */
  #place(bytes: Uint8Array, offset: number, length: number, lane: number): number {
    const { memory } = this.#wasm;
    if (bytes.buffer === memory.buffer) return bytes.byteOffset + offset;
    const window = this.#windows[lane] ?? 0;
    // `subarray` of a detached view throws, also for no bytes.
    if (length > 0)
      new Uint8Array(memory.buffer, window, length).set(bytes.subarray(offset, offset + length));
    return window;
  }

  #stateOf(lane: number): number {
    return this.#states[lane] ?? 0;
  }
}
