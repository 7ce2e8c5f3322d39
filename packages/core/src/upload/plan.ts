import type { DigestCore } from "../digest/digest-core.ts";
import { ArgumentRangeError } from "../errors.ts";

/** Equal parts: where each begins follows from its number alone. */
export interface Plan {
  readonly size: number;
  readonly partSize: number;
  readonly partCount: number;
}

export const MB = 1024 * 1024;

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
