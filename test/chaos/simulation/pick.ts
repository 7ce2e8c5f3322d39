import type { Random } from "../../../packages/core/test/support/random.ts";

/** One of the items; `undefined` may be among them. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const chosen = random.between(0, items.length - 1);
  for (const [index, item] of items.entries()) if (index === chosen) return item;
  throw new Error("nothing to pick from");
}
