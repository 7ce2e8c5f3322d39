import type { PartBuffer } from "../digest/arena.ts";
import type { DigestCore } from "../digest/digest-core.ts";
import type { Md5Stream } from "../digest/md5-stream.ts";
import { ArgumentRangeError, SourceError } from "../errors.ts";
import type { Plan } from "./plan.ts";
import { readRange } from "./read-range.ts";
import type { ByteSource } from "./source.ts";

/** A part whose bytes are in memory; `release` gives the memory back. */
export interface FilledPart {
  readonly partNumber: number;
  readonly bytes: Uint8Array;
  release(): void;
}

const MAX_PARTS = 10_000;

/** Reads parts in the order of their numbers, for however many loops ask: a slow wire stops the reading. */
export class PartReader {
  readonly #source: ByteSource;
  readonly #core: DigestCore;
  readonly #partSize: number;
  /** Undefined: a stream whose length is not known. */
  readonly #plan: Plan | undefined;
  /** Takes the bytes in order, when the whole's MD5 is to be checked. */
  readonly #md5: Md5Stream | undefined;
  /** Parts that need not be read. */
  readonly #skipped: ReadonlySet<number>;
  #nextNumber = 1;
  #ended = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    source: ByteSource,
    core: DigestCore,
    partSize: number,
    plan: Plan | undefined,
    md5: Md5Stream | undefined,
    skipped: ReadonlySet<number> = new Set(),
  ) {
    this.#source = source;
    this.#core = core;
    this.#partSize = partSize;
    this.#plan = plan;
    this.#md5 = md5;
    this.#skipped = skipped;
  }

  /** The next part, or undefined when there is none left. */
  next(signal: AbortSignal): Promise<FilledPart | undefined> {
    const inOrder = this.#source.access === "sequential" || this.#md5 !== undefined;
    return inOrder ? this.#inTurn(() => this.#read(signal)) : this.#read(signal);
  }

  async #inTurn<T>(read: () => Promise<T>): Promise<T> {
    const previous = this.#turn;
    let done = (): void => {};
    this.#turn = new Promise((resolve) => {
      done = resolve;
    });
    await previous;
    try {
      return await read();
    } finally {
      done();
    }
  }

  async #read(signal: AbortSignal): Promise<FilledPart | undefined> {
    while (this.#skipped.has(this.#nextNumber)) this.#nextNumber += 1;
    if (this.#ended || (this.#plan !== undefined && this.#nextNumber > this.#plan.partCount))
      return undefined;
    const partNumber = this.#nextNumber;
    this.#nextNumber += 1;
    const start = (partNumber - 1) * this.#partSize;
    const length =
      this.#plan === undefined
        ? this.#partSize
        : this.#core.partLength(partNumber, this.#plan.size, this.#plan.partSize);
    const buffer = this.#source.resident ? undefined : await this.#core.arena.allocate(length, signal, this);
    try {
      const bytes = await readRange(
        this.#source,
        start,
        start + length,
        buffer?.bytes ?? new Uint8Array(0),
        signal,
      );
      return await this.#accept(partNumber, bytes, length, buffer, signal);
    } catch (error) {
      buffer?.release();
      throw error;
    }
  }

  async #accept(
    partNumber: number,
    bytes: Uint8Array,
    length: number,
    buffer: PartBuffer | undefined,
    signal: AbortSignal,
  ): Promise<FilledPart | undefined> {
    const release = (): void => buffer?.release();
    if (this.#plan === undefined) {
      this.#ended = bytes.length < length;
      if (bytes.length === 0 && partNumber > 1) {
        release();
        return undefined;
      }
      if (partNumber > MAX_PARTS) {
        throw new ArgumentRangeError(
          "PartSize",
          `the stream is longer than 10 000 parts of ${length} bytes; use a larger PartSize`,
        );
      }
    } else {
      if (bytes.length !== length) {
        const have = (partNumber - 1) * this.#plan.partSize + bytes.length;
        throw new SourceError(`the source ended after ${have} of ${this.#plan.size} bytes`, "source-length");
      }
      if (partNumber === this.#plan.partCount) await checkEnd(this.#source, this.#plan.size, signal);
    }
    this.#md5?.update(bytes);
    return { partNumber, bytes, release };
  }
}

/** A stream that was declared to have `size` bytes must not have more. */
export async function checkEnd(source: ByteSource, size: number, signal: AbortSignal): Promise<void> {
  if (source.access !== "sequential") return;
  const more = await source.read(size, size + 1, new Uint8Array(1), signal);
  if (more.length > 0)
    throw new SourceError(
      `the source is longer than the ${size} bytes it was declared to have`,
      "source-length",
    );
}
