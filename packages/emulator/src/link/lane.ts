import type { InterruptibleSleep } from "./interruptible-sleep.ts";

/** Pieces per second, so that many connections share a lane evenly, and the longest piece. */
const PIECES_PER_SECOND = 20;
const MAX_PIECE_BYTES = 64 * 1024;
/** How far a lane may catch up when a timer was late. */
const MAX_CATCH_UP_MS = 50;

interface Waiting {
  bytes: number;
  readonly resolve: () => void;
}

/**
 * One direction of a line. It carries one piece at a time, and the others wait in the order in which they came: so all
 * connections together get the rate, and there is one timer for all of them.
 */
export class Lane {
  readonly #sleep: InterruptibleSleep;
  readonly #now: () => number;
  readonly #queue: Waiting[] = [];
  #bytesPerSecond: number | undefined;
  #running = false;
  /** Milliseconds that the lane must still wait for bytes that have passed; negative: it was late. */
  #owedMs = 0;

  constructor(sleep: InterruptibleSleep, now: () => number) {
    this.#sleep = sleep;
    this.#now = now;
  }

  /** Undefined: no limit. A change counts for a piece under way only when the sleep is woken. */
  set bytesPerSecond(rate: number | undefined) {
    this.#bytesPerSecond = rate;
    this.#owedMs = 0;
  }

  /** Resolves when the bytes have passed, or as soon as their connection is gone. */
  async pass(bytes: number, gone: AbortSignal | undefined): Promise<void> {
    if (this.#bytesPerSecond === undefined || bytes === 0 || gone?.aborted === true) return;
    let resolve = (): void => {};
    const passed = new Promise<void>((settle) => {
      resolve = settle;
    });
    const waiting = { bytes, resolve };
    const leave = (): void => this.#leave(waiting);
    this.#queue.push(waiting);
    gone?.addEventListener("abort", leave);
    if (!this.#running) void this.#run();
    await passed;
    gone?.removeEventListener("abort", leave);
  }

  /** The chunks of a body as pieces, each when it has passed. */
  async *through(body: AsyncIterable<Uint8Array>, gone: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      for (let at = 0; at < chunk.length; ) {
        const piece = chunk.subarray(at, at + this.#pieceBytes());
        await this.pass(piece.length, gone);
        yield piece;
        at += piece.length;
      }
    }
  }

  #pieceBytes(): number {
    const perPiece = Math.floor((this.#bytesPerSecond ?? Number.POSITIVE_INFINITY) / PIECES_PER_SECOND);
    return Math.min(Math.max(perPiece, 1), MAX_PIECE_BYTES);
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      await this.#carry(first);
      this.#leave(first);
    }
    this.#running = false;
  }

  /** Waits as long as the bytes take. A wait that ends early, because the rate has changed, begins again with the rest. */
  async #carry(piece: Waiting): Promise<void> {
    while (this.#queue[0] === piece && this.#bytesPerSecond !== undefined) {
      const rate = this.#bytesPerSecond;
      const owedMs = this.#owedMs + (piece.bytes * 1000) / rate;
      // Less than a timer can wait is owed until it has become more.
      if (owedMs < 1) {
        this.#owedMs = owedMs;
        return;
      }
      const began = this.#now();
      await this.#sleep.wait(owedMs, undefined);
      const lateMs = this.#now() - began - owedMs;
      if (rate === this.#bytesPerSecond) {
        this.#owedMs = -Math.min(Math.max(lateMs, 0), MAX_CATCH_UP_MS);
        return;
      }
      piece.bytes = Math.min(piece.bytes, Math.max((-lateMs * rate) / 1000, 0));
    }
  }

  #leave(waiting: Waiting): void {
    const at = this.#queue.indexOf(waiting);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    waiting.resolve();
  }
}
