import type { DigestCore } from "../digest/digest-core.ts";
import type { RandomAccessFile } from "../files/random-access.ts";

/** What a range is written with. */
export interface WriterParts {
  readonly core: DigestCore;
  /** Memory of the arena: one half is filled while the other one is written. */
  readonly buffer: Uint8Array;
  readonly file: RandomAccessFile;
  /** Called after bytes were written. */
  readonly onWritten: (bytes: number) => void;
}

/**
 * Writes the bytes of one range to its place in the file, and computes their CRC64 while they are in the cache. It holds
 * what came in the last attempt, so that the next one asks for the rest only.
 */
export class RangeWriter {
  /** Where the range begins in the file. */
  readonly start: number;
  readonly #parts: WriterParts;
  readonly #halves: readonly [Uint8Array, Uint8Array];
  #half = 0;
  #filled = 0;
  #received = 0;
  #written = 0;
  #crc64 = 0n;
  /** The write of the other half. */
  #writing: Promise<void> | undefined;
  /** The chunk that waits for it. */
  #waiting: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(start: number, parts: WriterParts) {
    this.start = start;
    this.#parts = parts;
    const middle = parts.buffer.length >> 1;
    this.#halves = [parts.buffer.subarray(0, middle), parts.buffer.subarray(middle)];
  }

  /** Bytes that have come, also those that are not written yet. */
  get received(): number {
    return this.#received;
  }

  /** CRC64 of all bytes that have come; valid after {@link finish}. */
  get crc64(): bigint {
    return this.#crc64;
  }

  /** Whether a write to the disk is awaited. */
  get busy(): boolean {
    return this.#waiting !== undefined;
  }

  /** Takes the next bytes; a promise when they have to wait for the disk. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#received += chunk.length;
    const failed = this.#rejection();
    if (failed !== undefined) return failed;
    if (this.#waiting === undefined) {
      const taken = this.#take(chunk);
      if (taken === chunk.length) return this.#rejection();
      this.#waiting = this.#takeLater(chunk.subarray(taken));
    } else {
      // A chunk of a failed attempt still waits. Its failure is this one's, too.
      this.#waiting = this.#waiting.then(() => this.#takeLater(chunk));
    }
    const waiting = this.#waiting.finally(() => {
      if (this.#waiting === waiting) this.#waiting = undefined;
    });
    this.#waiting = waiting;
    return waiting;
  }

  /** Writes the last bytes. No more may come. */
  async finish(): Promise<void> {
    await this.#waiting;
    await this.#writing;
    if (this.#filled > 0) await this.#startWrite();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Waits until no write uses the buffer any more, whatever became of it. */
  async settle(): Promise<void> {
    await this.#waiting?.catch(() => {});
    await this.#writing;
  }

  #rejection(): Promise<never> | undefined {
    return this.#failure && Promise.reject(this.#failure.error);
  }

  async #takeLater(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0; rest = rest.subarray(this.#take(rest))) {
      await this.#writing;
      if (this.#failure !== undefined) throw this.#failure.error;
    }
  }

  /** Copies what there is room for; returns how many bytes that are. */
  #take(chunk: Uint8Array): number {
    let taken = 0;
    while (taken < chunk.length) {
      const half = this.#halves[this.#half] as Uint8Array;
      const room = half.length - this.#filled;
      if (room === 0) {
        if (this.#writing !== undefined) return taken;
        this.#startWrite();
        continue;
      }
      const piece = chunk.subarray(taken, taken + room);
      const place = half.subarray(this.#filled, this.#filled + piece.length);
      place.set(piece);
      this.#crc64 = this.#parts.core.crc64(place, this.#crc64);
      this.#filled += piece.length;
      taken += piece.length;
      if (this.#filled === half.length && this.#writing === undefined) this.#startWrite();
    }
    return taken;
  }

  /** Writes the half that was filled, and goes on with the other one. Never fails: see `#failure`. */
  #startWrite(): Promise<void> | undefined {
    const bytes = (this.#halves[this.#half] as Uint8Array).subarray(0, this.#filled);
    const position = this.start + this.#written;
    this.#half = 1 - this.#half;
    this.#filled = 0;
    this.#written += bytes.length;
    try {
      this.#writing = this.#parts.file
        .write(bytes, position)
        ?.then(() => this.#parts.onWritten(bytes.length))
        .catch((error: unknown) => this.#fail(error))
        .finally(() => {
          this.#writing = undefined;
        });
      if (this.#writing === undefined) this.#parts.onWritten(bytes.length);
    } catch (error) {
      this.#fail(error);
    }
    return this.#writing;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }
}
