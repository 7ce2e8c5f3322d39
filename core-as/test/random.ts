/**
 * Reproducible random numbers: every run uses another seed, every failure has it in its message,
 * and COSUP_SEED=<seed> repeats it.
 */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed = Number(process.env.COSUP_SEED ?? Math.floor(Math.random() * 2 ** 32))) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** Mulberry32: 32 bits. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor((this.next() / 2 ** 32) * (most - least + 1));
  }

  bytes(length: number): Uint8Array {
    return this.fill(new Uint8Array(length));
  }

  fill(bytes: Uint8Array): Uint8Array {
    for (let index = 0; index < bytes.length; index++) bytes[index] = this.next();
    return bytes;
  }

  /** 64 bits. */
  word(): bigint {
    return (BigInt(this.next()) << 32n) | BigInt(this.next());
  }

  /** The text of a failure message that makes it reproducible. */
  note(about: string): string {
    return `${about}; COSUP_SEED=${this.seed} repeats it`;
  }
}
