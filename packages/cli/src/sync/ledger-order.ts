import type { LedgerEntry } from "./ledger-entry.ts";

/** So many files may wait for one that takes long; then the walk waits too. */
const MOST_WAITING = 10_000;

/** Receives what is known of a file after the sync; undefined: nothing. Called once. */
export type Settle = (entry: LedgerEntry | undefined) => void;

interface Waiting {
  settled: boolean;
  entry: LedgerEntry | undefined;
}

/** Brings entries, which become known in any order, into the order of their paths. */
export class LedgerOrder {
  readonly #add: (entry: LedgerEntry) => void;
  #waiting: Waiting[] = [];
  #first = 0;
  #onRoom: (() => void) | undefined;

  /** @param add receives the entries in order */
  constructor(add: (entry: LedgerEntry) => void) {
    this.#add = add;
  }

  /** Takes the next place in the order. */
  place(): Settle {
    const waiting: Waiting = { settled: false, entry: undefined };
    this.#waiting.push(waiting);
    return (entry) => {
      waiting.settled = true;
      waiting.entry = entry;
      this.#release();
    };
  }

  /** Takes the next place for an entry that is known already. */
  put(entry: LedgerEntry): void {
    if (this.#first === this.#waiting.length) this.#add(entry);
    else this.#waiting.push({ settled: true, entry });
  }

  /** Waits while too many entries wait for one before them; undefined: there is room. */
  room(): Promise<void> | undefined {
    if (this.#waiting.length - this.#first < MOST_WAITING) return undefined;
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }

  /** Releases everything that is settled, also behind what never will be. */
  end(): void {
    for (const waiting of this.#waiting.slice(this.#first)) waiting.settled = true;
    this.#release();
  }

  #release(): void {
    for (let next = this.#waiting[this.#first]; next?.settled === true; next = this.#waiting[this.#first]) {
      if (next.entry !== undefined) this.#add(next.entry);
      this.#first += 1;
    }
    if (this.#first === this.#waiting.length || this.#first >= MOST_WAITING) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    if (this.#waiting.length - this.#first < MOST_WAITING) {
      this.#onRoom?.();
      this.#onRoom = undefined;
    }
  }
}
