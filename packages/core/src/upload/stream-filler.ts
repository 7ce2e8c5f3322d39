import type { DigestCore } from "../digest/digest-core.ts";
import type { PartBuffer } from "../digest/part-buffer.ts";
import { SourceError } from "../errors.ts";
import type { FillerOptions, InterruptibleSource, StreamPart } from "./filled-part.ts";
import { readRange } from "./read-range.ts";

/** Bytes that a stream must give before it gets a part buffer, and again after it has given one up. */
const FIRST_BYTES = 64 * 1024;
/** The same as a share of a short part. */
const FIRST_SHARE = 1 / 16;
/** How often a stream that holds a part buffer is checked. */
const CHECK_MS = 100;
/** A stream is silent when it gives less than this share of a part between two checks. */
const SILENT_SHARE = 1 / 256;
/** Checks of a stream within `sourceIdleMs`: it fails at most a quarter of that time late. */
const IDLE_CHECKS = 4;

/** The memory of the part that is being filled: a part buffer, or memory of its own. */
interface Place {
  readonly bytes: Uint8Array;
  readonly core: DigestCore;
  /** Whether it is a part buffer, which other uploads may want. */
  readonly shared: boolean;
  release(): void;
}

/** The result of reading until the memory is full, the stream ends, or another upload wants the buffer. */
interface ReadResult {
  readonly filled: number;
  readonly ended: boolean;
  /** The stream is silent, and others wait for its buffer. */
  readonly yields: boolean;
}

/**
 * Fills parts from a stream so that a silent stream keeps no other upload waiting. A part begins in a little memory of its
 * own, and moves into a part buffer when the stream has given {@link FIRST_BYTES}. When the stream then becomes silent
 * and other uploads wait for memory, it gives the buffer up: the part ends there if it is large enough, and otherwise moves
 * back into memory of its own. So a stream holds less than the smallest part outside the arena.
 */
export class StreamFiller {
  readonly #source: InterruptibleSource;
  readonly #shared: DigestCore;
  readonly #options: FillerOptions;
  /** Identifies the upload to the arena. */
  readonly #upload: object;
  #offset = 0;

  constructor(source: InterruptibleSource, shared: DigestCore, options: FillerOptions, upload: object) {
    this.#source = source;
    this.#shared = shared;
    this.#options = options;
    this.#upload = upload;
  }

  /**
   * The next part: `length` bytes, fewer where the stream ends or is silent while others wait.
   * @param least the fewest bytes that a part before the last may have; undefined: it must not be cut
   */
  async fill(length: number, least: number | undefined, signal: AbortSignal): Promise<StreamPart> {
    let place = this.#ownPlace(firstBytes(length));
    let filled = 0;
    try {
      for (;;) {
        const result = await this.#read(place, filled, length, signal);
        filled = result.filled;
        if (result.ended || filled === length) return this.#finish(place, filled, result.ended);
        if (!result.yields) place = await this.#moveIn(place, filled, length, signal);
        else if (filled >= (least ?? Number.POSITIVE_INFINITY)) return this.#cut(place, filled);
        else place = this.#moveOut(place, filled, length, least ?? 0);
      }
    } catch (error) {
      place.release();
      throw error;
    }
  }

  /** Whether the stream has more bytes. Only after the last part: it reads one byte, which is lost. */
  async hasMore(signal: AbortSignal): Promise<boolean> {
    const { filled } = await this.#read(this.#ownPlace(1), 0, 1, signal);
    return filled > 0;
  }

  #finish(place: Place, filled: number, ended: boolean): StreamPart {
    this.#offset += filled;
    const { core, release } = place;
    return { bytes: place.bytes.subarray(0, filled), ended, core, release };
  }

  /** Ends the part of a silent stream. Its buffer is free at once if there is other memory to send the part from. */
  #cut(place: Place, filled: number): StreamPart {
    const other = this.#shared.arena.spill(filled);
    if (other === undefined) return this.#finish(place, filled, false);
    other.bytes.set(place.bytes.subarray(0, filled));
    place.release();
    return this.#finish(placeOf(other, this.#shared), filled, false);
  }

  #ownPlace(length: number): Place {
    return { bytes: new Uint8Array(length), core: this.#shared, shared: false, release: () => {} };
  }

  async #moveIn(from: Place, filled: number, length: number, signal: AbortSignal): Promise<Place> {
    const fits = length <= this.#shared.arena.capacity;
    const core = fits ? this.#shared : await this.#options.digestCoreFor(length);
    const buffer = await core.arena.allocate(length, signal, this.#upload);
    buffer.bytes.set(from.bytes.subarray(0, filled));
    return placeOf(buffer, core);
  }

  #moveOut(from: Place, filled: number, length: number, least: number): Place {
    const to = this.#ownPlace(Math.min(length, Math.max(least, filled + firstBytes(length))));
    to.bytes.set(from.bytes.subarray(0, filled));
    from.release();
    return to;
  }

  /** Reads until the place is full, the stream ends, or another upload wants the buffer. */
  async #read(place: Place, from: number, length: number, signal: AbortSignal): Promise<ReadResult> {
    const { arena } = place.core;
    const end = place.bytes.length;
    let filled = from;
    let silent = false;
    let heardAt = this.#options.clock.now();
    for (;;) {
      const watch = this.#watch(place, silent);
      const into = place.bytes.subarray(filled, end);
      const read = readRange(this.#source, this.#offset + filled, this.#offset + end, into, signal);
      const bytes = await read.finally(watch.stop);
      filled += bytes.length;
      if (filled === end) return { filled, ended: false, yields: false };
      if (!watch.interrupted) return { filled, ended: true, yields: false };
      if (bytes.length > 0) heardAt = this.#options.clock.now();
      this.#checkIdle(heardAt);
      silent = bytes.length < length * SILENT_SHARE;
      if (silent && place.shared && arena.wanted) return { filled, ended: false, yields: true };
      // This stream gives bytes again, or has no buffer: ask another holder.
      arena.askForRelease();
    }
  }

  /** Interrupts the read that follows: to check what it has given, or because another upload wants the buffer. */
  #watch(place: Place, silent: boolean): { readonly interrupted: boolean; stop(): void } {
    const { clock, sourceIdleMs } = this.#options;
    let interrupted = false;
    const interrupt = (): void => {
      interrupted = true;
      this.#source.interrupt();
    };
    const idleCheck = sourceIdleMs === undefined ? Number.POSITIVE_INFINITY : sourceIdleMs / IDLE_CHECKS;
    const delayMs = place.shared && !silent ? Math.min(CHECK_MS, idleCheck) : idleCheck;
    const cancel = Number.isFinite(delayMs) ? clock.timer(delayMs, interrupt) : undefined;
    const takeBack = place.shared && silent ? place.core.arena.offer(interrupt) : undefined;
    const stop = (): void => {
      cancel?.();
      takeBack?.();
    };
    return {
      get interrupted() {
        return interrupted;
      },
      stop,
    };
  }

  #checkIdle(heardAt: number): void {
    const { clock, sourceIdleMs } = this.#options;
    if (sourceIdleMs === undefined || clock.now() - heardAt < sourceIdleMs) return;
    throw new SourceError(
      `the source gave no bytes for ${sourceIdleMs / 1000} s`,
      "source-unreadable",
      undefined,
      "give it more time with sourceIdleMs",
    );
  }
}

function placeOf(buffer: PartBuffer, core: DigestCore): Place {
  return { bytes: buffer.bytes, core, shared: true, release: () => buffer.release() };
}

function firstBytes(length: number): number {
  return Math.min(FIRST_BYTES, Math.ceil(length * FIRST_SHARE));
}
