import type { DigestCore } from "../digest/digest-core.ts";
import { ArgumentRangeError } from "../errors.ts";

/** Equal parts: where each begins follows from its number alone. */
export interface Plan {
  readonly size: number;
  readonly partSize: number;
  readonly partCount: number;
}

/** @throws {RangeError} more than 10 000 parts of 5 GB */
export function planParts(core: DigestCore, size: number, preferred: number): Plan {
  const partSize = core.partSize(size, preferred);
  if (partSize < 0)
    throw new ArgumentRangeError(
      "LocalFilePath",
      `${size} bytes are more than an object can have (48.8 TiB)`,
    );
  return { size, partSize, partCount: core.partCount(size, partSize) };
}
