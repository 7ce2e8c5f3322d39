import type { DigestCore } from "../digest/digest-core.ts";
import { ArgumentRangeError } from "../errors.ts";

/**
 * Equal parts: where each begins follows from its number. Of the words: a *part* is what one request uploads; a *block* is
 * the range of a part that one step reads, copies or hashes; a *chunk* is what a stream gives.
 */
export interface Plan {
  readonly size: number;
  readonly partSize: number;
  readonly partCount: number;
}

/** A stream of unknown length, whose parts grow. */
export interface StreamPlan {
  readonly size: undefined;
  /** Bytes of the first part. */
  readonly partSize: number;
}

export const MB = 1024 * 1024;

/** Parts of a stream of unknown length before they begin to grow: 20 GB in parts of 8 MB. */
const EQUAL_PARTS = 2500;
/** Parts of each following size, which is twice the one before. */
const GROWN_PARTS = 300;
/** MB of the largest part that has grown; reached after 300 GB. */
const LARGEST_GROWN_MB = 1024;

/**
 * Bytes of a part of a stream whose length is unknown. Parts grow, so that {@link MAX_PARTS} of them hold 5 TB whatever
 * the first size is (from 1 MB: 5.4 TB, from 8 MB: 6.5 TB). Parts that are larger than 1 GB from the start do not grow.
 * @param first bytes of the first part
 * @param largest bytes that the client's memory has room for
 * @param unit bytes of one MB
 */
export function streamPartLength(partNumber: number, first: number, largest: number, unit: number): number {
  // At most 0 for the equal parts: `first` is the larger one then.
  const doublings = Math.ceil((partNumber - EQUAL_PARTS) / GROWN_PARTS);
  return Math.max(first, Math.min(first * 2 ** doublings, LARGEST_GROWN_MB * unit, largest));
}

/** Parts of an upload: an empty one has one part, of no bytes. As {@link DigestCore.partCount}, without a core. */
export function partCount(size: number, partSize: number): number {
  return Math.max(1, Math.ceil(size / partSize));
}

/**
 * @param unit bytes of one MB, the smallest part; only a simulation makes it smaller
 * @throws {RangeError} more than 10 000 parts of 5 GB
 */
export function planParts(core: DigestCore, size: number, preferred: number, unit: number = MB): Plan {
  const scale = MB / unit;
  const partSize = core.partSize(size * scale, preferred * scale) / scale;
  if (partSize < 0)
    throw new ArgumentRangeError(
      "LocalFilePath",
      `${size} bytes are more than an object can have (48.8 TiB)`,
    );
  return { size, partSize, partCount: core.partCount(size, partSize) };
}
