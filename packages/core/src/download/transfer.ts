import { raceAbort } from "../abort/race-abort.ts";
import type { DigestCore } from "../digest/digest-core.ts";
import type { PartBuffer } from "../digest/part-buffer.ts";
import { ServiceError } from "../errors.ts";
import type { RandomAccessFile } from "../files/random-access.ts";
import type { RequestSpec } from "../http/request-spec.ts";
import type { RetryContext } from "../http/retry.ts";
import { runWorkers } from "../upload/run-workers.ts";
import { readRange } from "./range-request.ts";
import { RangeWriter } from "./range-writer.ts";
import { type DoneRange, missingPieces, type Piece, pieceSize } from "./ranges.ts";
import { objectChanged, type SourceObject } from "./source-object.ts";
import type { UnfinishedFile } from "./target-file.ts";

/** Bytes that a range in progress holds: one half is filled while the other one is written. */
export const BUFFER_BYTES = 512 * 1024;

export interface TransferOptions {
  readonly context: RetryContext;
  readonly core: DigestCore;
  /** Bytes of the buffer of each range in progress. */
  readonly bufferBytes: number;
  /** The GET without its Range. */
  readonly spec: RequestSpec;
  /** Bytes that a request asks for. */
  readonly pieceBytes: number;
  readonly concurrency: number;
  readonly file: UnfinishedFile;
  /** The object, if it is known, and the ranges of it that are in the file. */
  readonly object: SourceObject | undefined;
  readonly done: readonly DoneRange[];
  /** Called when the object is known, and whenever another range is done. */
  readonly onDone: () => void;
  /** Called after bytes were written. */
  readonly onWritten: (bytes: number) => void;
}

/** Reads what is missing of an object into a file, several ranges at once. The first request finds out what the object is. */
export class Transfer {
  readonly #options: TransferOptions;
  readonly #done: DoneRange[];
  #object: SourceObject | undefined;
  #pieces: Generator<Piece, undefined> | undefined;
  #known: (() => void) | undefined;
  readonly #isKnown: Promise<void>;

  constructor(options: TransferOptions) {
    this.#options = options;
    this.#done = [...options.done];
    this.#isKnown = new Promise((resolve) => {
      this.#known = resolve;
    });
    if (options.object !== undefined) this.#learn(options.object, this.#done);
  }

  get object(): SourceObject | undefined {
    return this.#object;
  }

  /** The ranges that are in the file, also after a failure. */
  get done(): readonly DoneRange[] {
    return this.#done;
  }

  async run(): Promise<void> {
    const { concurrency, spec, pieceBytes } = this.#options;
    let first: Piece | undefined = this.#object === undefined ? { start: 0, end: pieceBytes } : undefined;
    const worker = async (stop: AbortSignal): Promise<void> => {
      const begins = first;
      first = undefined;
      if (begins === undefined) await raceAbort(this.#isKnown, stop);
      await this.#work(begins, stop);
    };
    await runWorkers(concurrency, worker, spec.signal);
  }

  #learn(object: SourceObject, taken: readonly DoneRange[]): void {
    this.#object = object;
    this.#pieces = missingPieces(object.size, taken, pieceSize(object.size, this.#options.pieceBytes));
    this.#known?.();
    this.#options.onDone();
  }

  /** Reads one piece after the other, with one buffer and one handle. */
  async #work(first: Piece | undefined, stop: AbortSignal): Promise<void> {
    const { core, bufferBytes, file } = this.#options;
    let buffer: PartBuffer | undefined;
    let handle: RandomAccessFile | undefined;
    try {
      for (let piece = first ?? this.#nextPiece(); piece !== undefined; piece = this.#nextPiece()) {
        buffer ??= await core.arena.allocate(bufferBytes, stop);
        handle ??= await file.open();
        await this.#read(piece, buffer.bytes, handle, stop);
      }
    } finally {
      await handle?.close();
      buffer?.release();
    }
  }

  #nextPiece(): Piece | undefined {
    return this.#pieces?.next().value;
  }

  async #read(
    { start, end }: Piece,
    buffer: Uint8Array,
    file: RandomAccessFile,
    stop: AbortSignal,
  ): Promise<void> {
    const { context, spec, core, onWritten } = this.#options;
    const writer = new RangeWriter(start, { core, buffer, file, onWritten });
    const object = this.#object;
    try {
      await readRange(context, {
        spec: { ...spec, signal: stop },
        end,
        writer,
        object,
        onObject: (found) => this.#learn(found, [{ start, length: Math.min(end, found.size), crc64: 0n }]),
      });
      await writer.finish();
    } catch (error) {
      // The buffer is released after this.
      await writer.settle();
      const replaced = object !== undefined && error instanceof ServiceError && error.status === 412;
      throw replaced ? objectChanged(spec.Key, error) : error;
    }
    this.#done.push({ start, length: writer.received, crc64: writer.crc64 });
    this.#options.onDone();
  }
}
