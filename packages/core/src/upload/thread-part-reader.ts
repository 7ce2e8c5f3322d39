import type { PartsInThreads } from "../runtime/byte-source.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { FilledPart, ReaderOptions } from "./filled-part.ts";
import type { ReaderInBlocks } from "./options.ts";
import { BLOCK_BYTES } from "./part-in-blocks.ts";
import { PartReader, type PartsToRead } from "./part-reader.ts";

const NO_BYTES = new Uint8Array(0);

/**
 * Parts that threads of the runtime read and send. An MD5 of the whole source needs its bytes here, in their order. A client
 * that only uploads does not carry this reader: part-reader.ts must not import it.
 * @param otherwise makes the reader of a source whose parts are sent from here
 */
export function readerInThreads(runtime: Runtime, otherwise: ReaderInBlocks | undefined): ReaderInBlocks {
  return (parts, options, upload, lengths) => {
    const inThreads = parts.md5 === undefined ? runtime.partsInThreads?.(parts.source) : undefined;
    return inThreads === undefined
      ? otherwise?.(parts, options, upload, lengths)
      : new ThreadPartReader(parts, options, lengths.stored, inThreads);
  };
}

/** Gives parts whose bytes are not read here, except those that COS may hold and short ones. */
class ThreadPartReader extends PartReader {
  readonly #parts: PartsToRead;
  readonly #stored: ReadonlyMap<number, unknown>;
  readonly #inThreads: PartsInThreads;

  constructor(
    parts: PartsToRead,
    options: ReaderOptions,
    stored: ReadonlyMap<number, unknown>,
    inThreads: PartsInThreads,
  ) {
    super(parts, options);
    this.#parts = parts;
    this.#stored = stored;
    this.#inThreads = inThreads;
  }

  override next(signal: AbortSignal): Promise<FilledPart | undefined> {
    const place = this.nextPlace();
    // A part that COS holds is compared before it is sent; a short one is sent in less time than a message takes.
    if (place === undefined || this.#stored.has(place.partNumber) || place.length <= BLOCK_BYTES) {
      return super.next(signal);
    }
    const { partNumber, start, length } = place;
    this.partNumber += 1;
    const part = this.#inThreads(start, length, signal);
    const toRead = {
      length,
      begin: () => part.begin(),
      digest: (_bytes: Uint8Array, withMd5 = false) => part.digest(withMd5),
    };
    const release = (): void => {};
    return Promise.resolve({ partNumber, bytes: NO_BYTES, core: this.#parts.core, toRead, release });
  }
}
