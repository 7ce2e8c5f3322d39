import { sizesFor } from "./limits.ts";

const MiB = 1024 * 1024;
/** A step may return 1 MiB. A listed object has a key of at most 1024 bytes, and about 100 more. */
const STEP_RESULT = MiB;
const LISTED_BYTES = 1200;
/** Objects whose outcome is one step. A step that fails is repeated as a whole. */
export const OBJECTS_PER_STEP = 25;
/** Failures that the output of an instance, at most 1 MiB too, can name. */
export const NAMED_FAILURES = 300;

/** Subrequests besides those of objects or parts: listing, other instances, begin, complete, abort, list again. */
const PER_INSTANCE = 15;
/** Read R2, HEAD, PUT, and one retry. */
const PER_OBJECT = 4;
/** Read R2, send it, and half a retry. */
const PER_PART = 2.5;
const PREFERRED_PART = 8 * MiB;
const LARGEST_PART = 32 * MiB;
/** A page, in which each of 40 steps has 25 objects, stays far below the 1,024 steps that an instance has. */
const MAX_STEPS = 1024 - 24;
/** Memory for parts that are sent at the same time. */
const PART_MEMORY = 32 * MiB;

/** Objects that one instance lists and moves: all its steps share the subrequests of one invocation. */
export function objectsPerInstance(budget: number): number {
  sizesFor(budget);
  const bySubrequests = Math.floor((budget - PER_INSTANCE) / PER_OBJECT);
  return Math.min(1000, bySubrequests, Math.floor(STEP_RESULT / LISTED_BYTES));
}

/** How one instance cuts a large object. Undefined: it would need larger parts, or more subrequests. */
export function planSteps(size: number, budget: number): { partSize: number; atOnce: number } | undefined {
  const maxParts = Math.min(MAX_STEPS, Math.floor((budget - PER_INSTANCE) / PER_PART));
  const partSize = Math.max(PREFERRED_PART, Math.ceil(size / maxParts / MiB) * MiB);
  return partSize > LARGEST_PART ? undefined : { partSize, atOnce: Math.floor(PART_MEMORY / partSize) };
}
