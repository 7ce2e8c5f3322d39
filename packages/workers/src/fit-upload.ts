import {
  type ByteSource,
  MAX_PAGE_SIZE,
  MAX_PARTS,
  type RequestedUpload,
  type UploadPlan,
} from "@cosup/core/runtime";
import { ArgumentRangeError } from "@cosup/core/upload";
import { limitToBudget, metered, type SubrequestAllowance, stopAfterBudget } from "./budgeted-source.ts";
import type { MeteredSource } from "./sources/r2-source.ts";
import type { SubrequestMeter } from "./subrequest-meter.ts";

export const MiB = 1024 * 1024;
/** The default part size in bytes. */
export const PREFERRED_PART = 8 * MiB;
/**
 * The size for which a stream of unknown length is planned, if the budget allows: Cloudflare's largest request body.
 */
const ROOM_FOR_STREAM = 5 * 1024 * MiB;

export interface Limits {
  /** Bytes for all part buffers. */
  readonly memoryBudget: number;
  /** Requests in parallel. */
  readonly connections: number;
}

/**
 * Plans an upload so that it fits into the rest of the subrequest budget: Initiate, parts, Complete, and a
 * reserve for retries. With checkpoints, an upload that does not fit stops when the budget is used up; the next
 * invocation resumes it.
 * @throws {RangeError} the upload cannot fit; nothing has been sent
 */
export function fitUpload(
  meter: SubrequestMeter,
  limits: Limits,
  source: ByteSource,
  requested: RequestedUpload,
): UploadPlan {
  if (meter.budget === undefined)
    return planOf(source, requested.partSize ?? PREFERRED_PART, limits, requested);
  const allowance = allowanceFor(meter, meter.budget, source, requested);
  const { size } = source;
  if (size !== undefined && size <= requested.threshold) {
    const needed = allowance.perPart + allowance.closing;
    if (meter.available < needed) throw tooSmall(meter, meter.budget, needed);
    return planOf(
      metered(source, { ...allowance, parts: 1 }),
      requested.partSize ?? PREFERRED_PART,
      limits,
      requested,
    );
  }
  if (allowance.parts < 1) throw tooSmall(meter, meter.budget, allowance.overhead + allowance.perPart);
  if (size === undefined) {
    const partSize = requested.partSize ?? partOfStream(allowance.parts, limits);
    return planOf(limitToBudget(source, allowance, partSize), partSize, limits, requested);
  }
  const partSize = Math.max(requested.partSize ?? PREFERRED_PART, wholeMiB(size / allowance.parts));
  const largest = source.inMemory ? 5 * 1024 * MiB : limits.memoryBudget;
  if (partSize <= largest) {
    const parts = Math.ceil(size / partSize);
    return planOf(metered(source, { ...allowance, parts }), partSize, limits, requested);
  }
  if (requested.resumable)
    return planOf(
      stopAfterBudget(source, allowance),
      requested.partSize ?? PREFERRED_PART,
      limits,
      requested,
    );
  throw doesNotFit(meter.budget, size, allowance, largest);
}

/** `overhead`: subrequests besides those of the parts. */
function allowanceFor(
  meter: SubrequestMeter,
  budget: number,
  source: ByteSource,
  { partSize = PREFERRED_PART, resumable }: RequestedUpload,
): SubrequestAllowance & { overhead: number } {
  const perRead = (source as Partial<MeteredSource>).subrequestsPerRead ?? 0;
  const perPart = 1 + perRead;
  // Complete, and the check whether the source has changed.
  const closing = 1 + perRead;
  // Initiate, or ListParts of an upload to resume.
  const held = resumable ? Math.min(MAX_PARTS, (source.size ?? 0) / partSize) : 0;
  const opening = Math.max(1, Math.ceil(held / MAX_PAGE_SIZE));
  // Two retries or one per fifty subrequests, and the abort.
  const reserve = Math.max(3, Math.ceil(budget / 50));
  const overhead = opening + closing + reserve;
  const parts = Math.min(MAX_PARTS, Math.floor((meter.available - overhead) / perPart));
  return { meter, perPart, closing, overhead, parts };
}

function planOf(
  source: ByteSource,
  partSize: number,
  limits: Limits,
  requested: RequestedUpload,
): UploadPlan {
  const partsInMemory = source.inMemory ? limits.connections : Math.floor(limits.memoryBudget / partSize);
  const concurrency = Math.min(
    requested.concurrency ?? limits.connections,
    limits.connections,
    partsInMemory,
  );
  return { source, partSize, concurrency: Math.max(1, concurrency) };
}

/** Leaves memory for at least two parts in parallel: one is read while the other is sent. */
function partOfStream(parts: number, { memoryBudget }: Limits): number {
  const half = Math.max(MiB, Math.floor(memoryBudget / 2 / MiB) * MiB);
  return Math.min(half, Math.max(PREFERRED_PART, wholeMiB(ROOM_FOR_STREAM / parts)));
}

function wholeMiB(bytes: number): number {
  return Math.ceil(bytes / MiB) * MiB;
}

function tooSmall(meter: SubrequestMeter, budget: number, needed: number): ArgumentRangeError {
  return new ArgumentRangeError(
    "subrequestBudget",
    `of ${budget} has ${meter.available} left; even one part needs ${needed}`,
  );
}

function doesNotFit(
  budget: number,
  size: number,
  allowance: SubrequestAllowance,
  largest: number,
): ArgumentRangeError {
  const part = Math.floor(largest / MiB) * MiB;
  const needed = budget + (Math.ceil(size / part) - allowance.parts) * allowance.perPart;
  return new ArgumentRangeError(
    "subrequestBudget",
    `of ${budget} has room for ${allowance.parts} parts of at most ${part} bytes (memoryBudget); this source has ${size} bytes and ` +
      `needs a subrequestBudget of about ${needed}, or checkpoints, to resume in a later invocation`,
  );
}
