import type { DigestCore } from "../digest/digest-core.ts";
import type { Md5Stream } from "../digest/md5-stream.ts";
import { SourceError } from "../errors.ts";
import { MAX_PARTS } from "../params/limits.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import type { FilledPart, InterruptibleSource, ReaderOptions, StreamPart } from "./filled-part.ts";
import type { Plan } from "./plan.ts";
import { readRange } from "./read-range.ts";
import { checkEnd, endedEarly, longerThan } from "./source-length.ts";
import { StreamFiller } from "./stream-filler.ts";

/** The parts that a {@link PartReader} reads. */
export interface PartsToRead {
  readonly source: ByteSource;
  readonly core: DigestCore;
  /** Bytes of a part, unless `lengthOf` gives another length. */
  readonly partSize: number;
  /** Undefined: a stream of unknown length. */
  readonly plan: Plan | undefined;
  /** Gets the bytes in order, when the MD5 of the whole source is checked. */
  readonly md5?: Md5Stream | undefined;
  /** Numbers of the parts that need not be read. */
  readonly skipped?: ReadonlyMap<number, unknown>;
}

/**
 * Reads the parts of a source in the order of their numbers, each when a worker asks for it: a slow network slows the
 * reading down.
 */
export class PartReader {
  readonly #source: ByteSource;
  readonly #core: DigestCore;
  readonly #partSize: number;
  readonly #plan: Plan | undefined;
  readonly #md5: Md5Stream | undefined;
  readonly #skipped: ReadonlyMap<number, unknown> | undefined;
  readonly #options: ReaderOptions | undefined;
  /** For streams that can be interrupted. */
  readonly #filler?: StreamFiller;
  /** Of the next part. */
  protected partNumber = 1;
  /** Bytes before the next part of a stream. */
  #offset = 0;
  #ended = false;
  #turn: Promise<void> = Promise.resolve();

  constructor({ source, core, partSize, plan, md5, skipped }: PartsToRead, options?: ReaderOptions) {
    this.#source = source;
    this.#core = core;
    this.#partSize = partSize;
    this.#plan = plan;
    this.#md5 = md5;
    this.#skipped = skipped;
    this.#options = options;
    if (options !== undefined && isInterruptible(source))
      this.#filler = new StreamFiller(source, core, options, this);
  }

  /** Whether a stream is known to have no more bytes. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The next part, or undefined when there is none left. */
  next(signal: AbortSignal): Promise<FilledPart | undefined> {
    if (this.#source.access === "sequential") return this.#inTurn(() => this.#readOn(signal));
    return this.#md5 === undefined
      ? this.#readPlanned(signal)
      : this.#inTurn(() => this.#readPlanned(signal));
  }

  #inTurn<T>(read: () => Promise<T>): Promise<T> {
    const part = this.#turn.then(read);
    const done = (): void => {};
    this.#turn = part.then(done, done);
    return part;
  }

  /** A part of a source with random access: where it begins follows from its number. */
  async #readPlanned(signal: AbortSignal): Promise<FilledPart | undefined> {
    const place = this.nextPlace();
    if (!place) return;
    const { partNumber, start, length } = place;
    this.partNumber += 1;
    const part = await this.#readRange(start, length, signal);
    return this.#accept(partNumber, part, async () => {
      if (part.ended) throw endedEarly(start + part.bytes.length, this.#source.size ?? 0);
    });
  }

  /** Where the next part is that COS does not hold; undefined after the last one. */
  protected nextPlace(): Place | undefined {
    const plan = this.#plan ?? { size: this.#source.size ?? 0, partSize: this.#partSize, partCount: 1 };
    while (this.#skipped?.has(this.partNumber)) this.partNumber += 1;
    const { partNumber } = this;
    if (partNumber > plan.partCount) return;
    const start = this.#core.partStart(partNumber, plan.partSize);
    const length = this.#core.partLength(partNumber, plan.size, plan.partSize);
    return { partNumber, start, length };
  }

  /** The next part of a source that is read once, front to back. */
  async #readOn(signal: AbortSignal): Promise<FilledPart | undefined> {
    const size = this.#plan?.size;
    const isFirst = this.partNumber === 1;
    if (this.#ended) return undefined;
    // Only now: the last part is being sent meanwhile.
    if (this.#offset === size && !isFirst) return this.#expectEnd(size, signal);
    const partNumber = this.partNumber;
    if (partNumber > MAX_PARTS) return this.#readBeyond(signal);
    this.partNumber += 1;
    const length = this.#lengthOf(partNumber);
    const least = this.#options?.least?.(partNumber);
    const part =
      this.#filler === undefined
        ? await this.#readRange(this.#offset, length, signal)
        : await this.#filler.fill(length, least, signal);
    return this.#accept(partNumber, part, async () => {
      this.#offset += part.bytes.length;
      this.#ended = part.ended;
      if (size === undefined) return;
      if (this.#ended) throw endedEarly(this.#offset, size);
      if (this.#offset === size && isFirst) await this.#expectEnd(size, signal);
    });
  }

  /** The planned length; more after parts were cut, so that the rest of the stream fits into the remaining parts. */
  #lengthOf(partNumber: number): number {
    const wanted = this.#options?.lengthOf?.(partNumber) ?? this.#partSize;
    if (this.#plan === undefined) return wanted;
    const left = this.#plan.size - this.#offset;
    const partsLeft = MAX_PARTS - partNumber + 1;
    return Math.min(left, Math.max(wanted, Math.ceil(left / partsLeft)));
  }

  /** A stream with a declared size must end there. */
  async #expectEnd(size: number, signal: AbortSignal): Promise<undefined> {
    this.#ended = true;
    if (this.#filler === undefined) await checkEnd(this.#source, size, signal);
    else if (await this.#filler.hasMore(signal)) throw longerThan(size);
  }

  /** Fails if the stream has more bytes: COS accepts no more parts. */
  async #readBeyond(signal: AbortSignal): Promise<undefined> {
    this.#ended = true;
    const one = new Uint8Array(1);
    const more =
      (await this.#filler?.hasMore(signal)) ??
      (await readRange(this.#source, this.#offset, this.#offset + 1, one, signal)).length > 0;
    if (!more) return;
    throw new SourceError(
      `the stream is longer than ${this.#offset} bytes: 10 000 parts that grow to ${this.#lengthOf(MAX_PARTS)} bytes`,
      "source-length",
      undefined,
      "use a larger PartSize, or a larger memoryBudget where one is set",
    );
  }

  async #readRange(start: number, length: number, signal: AbortSignal): Promise<StreamPart> {
    const core = await this.#coreOf(length);
    const needsNone = this.#source.inMemory || length === 0;
    const buffer = needsNone ? undefined : await core.arena.allocate(length, signal, this);
    const release = (): void => buffer?.release();
    try {
      const into = buffer?.bytes ?? new Uint8Array(0);
      const bytes = await readRange(this.#source, start, start + length, into, signal);
      return { bytes, ended: bytes.length < length, core, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  async #coreOf(length: number): Promise<DigestCore> {
    if (this.#source.inMemory || length <= this.#core.arena.capacity) return this.#core;
    return (await this.#options?.digestCoreFor(length)) ?? this.#core;
  }

  async #accept(
    partNumber: number,
    part: Omit<FilledPart, "partNumber">,
    check: () => Promise<void>,
  ): Promise<FilledPart | undefined> {
    const { bytes, core, release } = part;
    try {
      await check();
      // An object may be empty; a part after others may not.
      if (bytes.length > 0 || partNumber === 1) {
        if (core !== this.#core) this.#options?.onOversize?.(bytes.length);
        this.#md5?.update(bytes);
        return { ...part, partNumber };
      }
    } catch (error) {
      release();
      throw error;
    }
    release();
    return undefined;
  }
}

/** A part that is not read yet. */
export interface Place {
  readonly partNumber: number;
  readonly start: number;
  readonly length: number;
}

function isInterruptible(source: ByteSource): source is InterruptibleSource {
  return source.interrupt !== undefined && !source.inMemory;
}
