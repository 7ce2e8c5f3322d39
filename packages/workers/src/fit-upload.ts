import { ArgumentRangeError } from "@cosup/core";
import type { ByteSource, UploadShape, UploadWish } from "@cosup/core/runtime";
import { capped, paused, type Room, watched } from "./budgeted-source.ts";
import type { MeteredSource } from "./sources/r2-source.ts";
import type { SubrequestMeter } from "./subrequest-meter.ts";

const MiB = 1024 * 1024;
/** Bytes of a part when there is no reason for another size. */
export const PREFERRED_PART = 8 * MiB;
/** What a stream of unknown length may come to, if the budget allows: Cloudflare's largest request body. */
const ROOM_FOR_STREAM = 5 * 1024 * MiB;
/** COS's limit of one upload. */
const MAX_PARTS = 10_000;
/** What one ListParts returns at most. */
const PARTS_PER_LIST = 1000;

export interface Limits {
  /** Bytes of part buffers. */
  readonly memoryBudget: number;
  /** Exchanges at once. */
  readonly connections: number;
}

/**
 * Cuts an upload so that it fits into what is left of the subrequest budget: initiate, parts, complete, and a
 * reserve for retries. With checkpoints, one that does not fit stops half-way, to be gone on with by the next
 * invocation.
 * @throws {RangeError} it cannot fit; nothing has been sent
 */
export function fitUpload(
  meter: SubrequestMeter,
  limits: Limits,
  source: ByteSource,
  wish: UploadWish,
): UploadShape {
  if (meter.budget === undefined) return shape(source, wish.partSize ?? PREFERRED_PART, limits, wish);
  const room = roomIn(meter, meter.budget, source, wish);
  const { size } = source;
  if (size !== undefined && size <= wish.threshold) {
    const needed = room.perPart + room.closing;
    if (meter.available < needed) throw tooSmall(meter, meter.budget, needed);
    return shape(watched(source, { ...room, parts: 1 }), wish.partSize ?? PREFERRED_PART, limits, wish);
  }
  if (room.parts < 1) throw tooSmall(meter, meter.budget, room.overhead + room.perPart);
  if (size === undefined) {
    const partSize = wish.partSize ?? partOfStream(room.parts, limits);
    return shape(capped(source, room, partSize), partSize, limits, wish);
  }
  const partSize = Math.max(wish.partSize ?? PREFERRED_PART, wholeMiB(size / room.parts));
  const largest = source.resident ? 5 * 1024 * MiB : limits.memoryBudget;
  if (partSize <= largest) {
    const parts = Math.ceil(size / partSize);
    return shape(watched(source, { ...room, parts }), partSize, limits, wish);
  }
  if (wish.resumable) return shape(paused(source, room), wish.partSize ?? PREFERRED_PART, limits, wish);
  throw doesNotFit(meter.budget, size, room, largest);
}

/** `overhead`: subrequests besides those of the parts. */
function roomIn(
  meter: SubrequestMeter,
  budget: number,
  source: ByteSource,
  { partSize = PREFERRED_PART, resumable }: UploadWish,
): Room & { overhead: number } {
  const perRead = (source as Partial<MeteredSource>).subrequestsPerRead ?? 0;
  const perPart = 1 + perRead;
  // Complete; and a look at whether the source has changed.
  const closing = 1 + perRead;
  // Initiate, or the list of what COS holds already.
  const held = resumable ? Math.min(MAX_PARTS, (source.size ?? 0) / partSize) : 0;
  const opening = Math.max(1, Math.ceil(held / PARTS_PER_LIST));
  // Two retries or one in fifty, and the abort.
  const reserve = Math.max(3, Math.ceil(budget / 50));
  const overhead = opening + closing + reserve;
  const parts = Math.min(MAX_PARTS, Math.floor((meter.available - overhead) / perPart));
  return { meter, perPart, closing, overhead, parts };
}

function shape(source: ByteSource, partSize: number, limits: Limits, wish: UploadWish): UploadShape {
  const inMemory = source.resident ? limits.connections : Math.floor(limits.memoryBudget / partSize);
  const concurrency = Math.min(wish.concurrency ?? limits.connections, limits.connections, inMemory);
  return { source, partSize, concurrency: Math.max(1, concurrency) };
}

/** Two parts at once at least: one is read while the other is sent. */
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

function doesNotFit(budget: number, size: number, room: Room, largest: number): ArgumentRangeError {
  const part = Math.floor(largest / MiB) * MiB;
  const needed = budget + (Math.ceil(size / part) - room.parts) * room.perPart;
  return new ArgumentRangeError(
    "subrequestBudget",
    `of ${budget} has room for ${room.parts} parts of at most ${part} bytes (memoryBudget), so for ` +
      `${room.parts * part} bytes; this source has ${size} and needs a subrequestBudget of about ${needed}, ` +
      "or checkpoints, to go on in a later invocation",
  );
}
