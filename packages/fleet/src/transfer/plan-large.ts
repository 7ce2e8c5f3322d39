import { ArgumentRangeError } from "@cosup/node";
import { withoutRanges, withoutVersion } from "../sources/http-source.ts";
import type { LargePlan, PartRange, SourceFacts } from "./types.ts";

const MIB = 1024 * 1024;
const MAX_PARTS = 10_000;
const MAX_PART_BYTES = 5 * 1024 ** 3;

/** Bytes of a part: of sources that pass through memory, and of copies inside COS. */
const PART_BYTES = 8 * MIB;
const COPY_BYTES = 64 * MIB;

/** Parts of one range. */
const RANGE_PARTS = 16;

/**
 * Cuts a large source into parts, and these into ranges that are one job each. Parts grow until 10 000 are enough.
 * @param partSize bytes of a part: whole MiB, 1 MiB to 5 GiB; default 8 MiB, and 64 MiB for copies inside COS
 * @throws {RangeError} `partSize` is no such number, or the source is empty or larger than 48.8 TiB
 * @throws {TransferError} `ranges-unsupported`, `source-without-version`
 */
export function planLarge(
  facts: SourceFacts,
  partSize = facts.kind === "cos" ? COPY_BYTES : PART_BYTES,
): LargePlan {
  checkPartSize(partSize);
  const { size } = facts;
  if (size < 1 || size > MAX_PARTS * MAX_PART_BYTES)
    throw new RangeError(`facts.size: must be 1 to ${MAX_PARTS * MAX_PART_BYTES}, not ${size}`);
  if (facts.withoutRanges) throw withoutRanges("the URL");
  if (facts.withoutVersion) throw withoutVersion("the URL");
  const least = Math.ceil(size / MAX_PARTS / MIB) * MIB;
  const chosen = Math.max(partSize, least);
  const partCount = Math.ceil(size / chosen);
  return { partSize: chosen, partCount, ranges: rangesOf(partCount) };
}

/** @throws {RangeError} it is no whole number of MiB, from 1 MiB to 5 GiB */
export function checkPartSize(partSize: number): number {
  if (Number.isInteger(partSize / MIB) && partSize >= MIB && partSize <= MAX_PART_BYTES) return partSize;
  throw new ArgumentRangeError("partSize", `must be a multiple of ${MIB}, ${MIB} to ${MAX_PART_BYTES}`);
}

function rangesOf(partCount: number): PartRange[] {
  const ranges: PartRange[] = [];
  for (let from = 1; from <= partCount; from += RANGE_PARTS)
    ranges.push({ from, to: Math.min(from + RANGE_PARTS - 1, partCount) });
  return ranges;
}

/** Where a part begins and how long it is. */
export function placeOf(
  partNumber: number,
  { size }: Pick<SourceFacts, "size">,
  { partSize }: Pick<LargePlan, "partSize">,
): { readonly start: number; readonly length: number } {
  const start = (partNumber - 1) * partSize;
  return { start, length: Math.min(partSize, size - start) };
}
