import { pattern } from "../../../packages/core/test/support/random.ts";
import { CALM } from "../simulation/fault.ts";
import type { World } from "../simulation/world.ts";

/** One kind of work under faults; what it finds wrong goes to `world.fail`. */
export type Scenario = (world: World) => Promise<void>;

/** Content of its own for every call. */
export function content(world: World, low: number, high: number): Uint8Array<ArrayBuffer> {
  return pattern(world.size(low, high), world.random.between(1, 2 ** 30));
}

/** In a quarter of the calls: after how many instants to abort. */
export function perhapsAbort(world: World, within = 80): number | undefined {
  return world.random.next() < 0.25 ? world.random.between(1, within) : undefined;
}

/** The storm is over: from now on everything must succeed. */
export function calmDown(world: World): void {
  world.network.rates = CALM;
}
