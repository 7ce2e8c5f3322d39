import type { FilledPart, ReaderOptions } from "./filled-part.ts";
import type { ReaderInBlocks } from "./options.ts";
import { BLOCK_BYTES, PartInBlocks } from "./part-in-blocks.ts";
import { PartReader, type PartsToRead, type Place } from "./part-reader.ts";

/**
 * An MD5 has to be known before a part is sent, and a part that COS holds is compared before. A client that only uploads
 * does not carry this reader: part-reader.ts must not import it.
 */
export const readerInBlocks: ReaderInBlocks = (parts, options, { enableMd5 }, { stored }) =>
  enableMd5 || parts.md5 !== undefined || parts.source.openBlocks === undefined
    ? undefined
    : new BlockPartReader(parts, options, stored);

/** Gives parts that are read while they are sent, where that is possible. */
class BlockPartReader extends PartReader {
  readonly #parts: PartsToRead;
  readonly #stored: ReadonlyMap<number, unknown>;

  constructor(parts: PartsToRead, options: ReaderOptions, stored: ReadonlyMap<number, unknown>) {
    super(parts, options);
    this.#parts = parts;
    this.#stored = stored;
  }

  override async next(signal: AbortSignal): Promise<FilledPart | undefined> {
    return (await this.#nextInBlocks(signal)) ?? super.next(signal);
  }

  /** Undefined: the next part has to be read before it is sent, or there is none. */
  async #nextInBlocks(signal: AbortSignal): Promise<FilledPart | undefined> {
    const { source, core } = this.#parts;
    if (this.#placeInBlocks() === undefined) return undefined;
    // Memory first: what is opened is more likely to be open still when the first block is read.
    const { bytes, release } = await core.arena.allocate(BLOCK_BYTES, signal, this);
    try {
      const reader = await source.openBlocks?.(signal);
      // The place may be another one by now; from here on, nothing is awaited.
      const place = this.#placeInBlocks();
      if (reader !== undefined && place !== undefined) {
        this.partNumber += 1;
        const { partNumber, start, length } = place;
        const toRead = new PartInBlocks({ source, reader, core, memory: bytes, start, length, signal });
        return { partNumber, bytes, core, toRead, release: () => toRead.close().then(release) };
      }
    } catch (error) {
      release();
      throw error;
    }
    release();
    return undefined;
  }

  #placeInBlocks(): Place | undefined {
    const place = this.nextPlace();
    if (place === undefined || this.#stored.has(place.partNumber)) return undefined;
    return place.length > BLOCK_BYTES && place.length <= this.#parts.core.arena.capacity ? place : undefined;
  }
}
