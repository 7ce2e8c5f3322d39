import type { MoveMessage } from "./messages.ts";

const MiB = 1024 * 1024;

/** Limits of Queues: a KB has 1000 bytes, and a message contains about 100 bytes of metadata besides its body. */
export const MESSAGE_BYTES = 128_000;
export const MESSAGE_OVERHEAD = 100;
export const SEND_BATCH_BYTES = 256_000;
export const SEND_BATCH_MESSAGES = 100;
const CONSUMER_BATCH = 100;

/** A consumer may take 15 minutes and, by default, 30 s of CPU. Half of both is planned. */
const WALL_S = (15 * 60) / 2;
const CPU_MS = 30_000 / 2;
/** Throughput below which a part range does not fit into an invocation. */
const SLOWEST_MIB_PER_S = 1;
/** Measured: 1.2 ms, network included. */
const CPU_MS_PER_MIB = 2;

/** An isolate has 128 MB. Objects up to this size are held in memory and sent by one request, four at once. */
export const SMALL_BYTES = 8 * MiB;
export const SMALL_AT_ONCE = 4;
const PREFERRED_PART = 8 * MiB;
/** A part is held in memory. */
const LARGEST_PART = 32 * MiB;
const MAX_PARTS = 10_000;
/** Larger ranges would leave consumers idle that could send parts of the same object. */
const RANGE_BYTES = 64 * MiB;

/** Subrequests of a small object: read R2, HEAD, PUT, and one retry. */
const PER_SMALL = 4;
/** Of a batch: two calls of the ledger of its move, one put back, and the client's reserve. */
const PER_BATCH = 6;
/** Of a part: read R2, send it, one call of the ledger, and one retry. */
const PER_PART = 4;
/** Of a part range besides its parts: begin, the first call of the ledger, complete, and one retry. */
const PER_RANGE = 4;
/** Of a large object besides its `sendBatch` calls: two calls of its ledger, and one retry. */
const PER_LARGE = 3;
/** Of a page of the listing: list R2, and room for retries. */
const PER_PAGE = 5;

/** What one invocation may do. */
export interface Sizes {
  /** Messages of a consumer's batch, each a small object. */
  readonly objectsPerBatch: number;
  /** `sendBatch` calls of an invocation. */
  readonly sendBatches: number;
  /** Parts that one part range may have, if they are no larger than `PREFERRED_PART`. */
  readonly partsPerRange: number;
}

/**
 * What fits into one invocation.
 * @param budget subrequests of an invocation: 50 on the free plan, 10 000 on paid ones
 * @throws {RangeError} `budget` is below 20
 */
export function sizesFor(budget: number): Sizes {
  if (!Number.isInteger(budget) || budget < 20) {
    throw new RangeError(`SUBREQUEST_BUDGET: must be a whole number of at least 20, not ${budget}`);
  }
  return {
    objectsPerBatch: Math.min(CONSUMER_BATCH, Math.floor((budget - PER_BATCH) / PER_SMALL)),
    sendBatches: budget - PER_PAGE,
    partsPerRange: Math.floor((budget - PER_BATCH - PER_RANGE) / PER_PART),
  };
}

/** How a large object is cut. */
export interface PartPlan {
  readonly partSize: number;
  readonly partCount: number;
  readonly partsPerRange: number;
}

/**
 * Cuts a large object so that one range fits into the subrequests, the CPU time and the wall time of one invocation.
 * Undefined: it has more parts than COS allows, or more ranges than one invocation can send.
 */
export function planParts(size: number, budget: number): PartPlan | undefined {
  const { partsPerRange: bySubrequests, sendBatches } = sizesFor(budget);
  const partSize = Math.max(PREFERRED_PART, Math.ceil(size / MAX_PARTS / MiB) * MiB);
  if (partSize > LARGEST_PART) return undefined;
  const mib = partSize / MiB;
  const byWall = Math.floor((WALL_S * SLOWEST_MIB_PER_S) / mib);
  const byCpu = Math.floor(CPU_MS / CPU_MS_PER_MIB / mib);
  const byBytes = Math.floor(RANGE_BYTES / partSize);
  const partsPerRange = Math.max(1, Math.min(bySubrequests, byWall, byCpu, byBytes));
  const partCount = Math.ceil(size / partSize);
  const batches = Math.ceil(Math.ceil(partCount / partsPerRange) / SEND_BATCH_MESSAGES);
  return batches > sendBatches ? undefined : { partSize, partCount, partsPerRange };
}

/**
 * Subrequests that a message needs, with one retry.
 * @param budget decides how many ranges a large object has
 */
export function subrequestsOf(message: MoveMessage, budget: number): number {
  if (message.kind === "small") return PER_SMALL;
  if (message.kind === "range") return PER_RANGE + PER_PART * (message.last - message.first + 1);
  const plan = planParts(message.size, budget);
  const ranges = plan === undefined ? 0 : Math.ceil(plan.partCount / plan.partsPerRange);
  return PER_LARGE + Math.ceil(ranges / SEND_BATCH_MESSAGES);
}

/**
 * How many messages of a batch, from the first on, one invocation can process. At least one, for a message alone was
 * sized to fit.
 */
export function howManyFit(messages: readonly MoveMessage[], budget: number): number {
  let left = budget - PER_BATCH;
  const moves = new Set<string>();
  for (const [index, message] of messages.entries()) {
    left -= subrequestsOf(message, budget);
    // The first move's ledger is part of PER_BATCH.
    if (!moves.has(message.move) && moves.size > 0) left -= 2;
    moves.add(message.move);
    if (left < 0 && index > 0) return index;
  }
  return messages.length;
}

/** The bytes of one part. */
export function partBounds(plan: { size: number; partSize: number }, partNumber: number): [number, number] {
  const start = (partNumber - 1) * plan.partSize;
  return [start, Math.min(plan.size, start + plan.partSize)];
}

/** Bytes that a message counts. */
export function messageBytes(body: unknown): number {
  return new TextEncoder().encode(JSON.stringify(body)).length + MESSAGE_OVERHEAD;
}

/**
 * Groups messages so that each group fits into one `sendBatch`.
 * @throws {RangeError} a message is larger than Queues allow
 */
export function packMessages<T>(bodies: readonly T[]): T[][] {
  const groups: T[][] = [];
  let room = 0;
  for (const body of bodies) {
    const bytes = messageBytes(body);
    if (bytes > MESSAGE_BYTES) throw new RangeError(`a message of ${bytes} bytes exceeds ${MESSAGE_BYTES}`);
    const last = groups.at(-1);
    if (last === undefined || last.length === SEND_BATCH_MESSAGES || bytes > room) {
      groups.push([body]);
      room = SEND_BATCH_BYTES - bytes;
    } else {
      last.push(body);
      room -= bytes;
    }
  }
  return groups;
}
