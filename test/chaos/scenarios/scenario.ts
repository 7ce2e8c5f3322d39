import { pattern } from "../../../packages/core/test/support/random.ts";
import { CALM } from "../simulation/fault.ts";
import type { Rig } from "../simulation/rig.ts";

/** One kind of work under faults; what it finds wrong goes to `rig.fail`. */
export type Scenario = (rig: Rig) => Promise<void>;

/** Different content for every call. */
export function content(rig: Rig, low: number, high: number): Uint8Array<ArrayBuffer> {
  return pattern(rig.size(low, high), rig.random.between(1, 2 ** 30));
}

/** In a quarter of the calls: the number of instants after which to abort. */
export function perhapsAbort(rig: Rig, within = 80): number | undefined {
  return rig.random.next() < 0.25 ? rig.random.between(1, within) : undefined;
}

/** Ends the faults: from now on every call must succeed. */
export function calmDown(rig: Rig): void {
  rig.network.rates = CALM;
}
