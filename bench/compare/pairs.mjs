/**
 * Returns the order of the runs of one pair: ABBA, or BAAB in every second pair. Each build runs first as often as second,
 * so that warm caches or a machine that changes its speed favour neither.
 * @param {number} pair from 0
 * @param {number} runs of each build, an even number
 * @returns {("this" | "other")[]}
 */
export function orderOf(pair, runs) {
  return Array.from({ length: runs }, (_, run) => {
    const swapped = (pair + run) % 2 === 1;
    return /** @type {("this" | "other")[]} */ (swapped ? ["other", "this"] : ["this", "other"]);
  }).flat();
}

/**
 * Measures both builds in `pairs` pairs.
 * @template T
 * @param {{ pairs: number, runs: number, progress(done: number, all: number): void }} how
 * @param {Record<"this" | "other", () => Promise<T>>} builds
 * @returns {Promise<Record<"this" | "other", T[]>[]>} for each pair, the runs of both builds
 */
export async function runPairs({ pairs, runs, progress }, builds) {
  const measured = [];
  let done = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    /** @type {Record<"this" | "other", T[]>} */
    const found = { this: [], other: [] };
    for (const name of orderOf(pair, runs)) {
      progress(done, pairs * runs * 2);
      found[name].push(await builds[name]());
      done += 1;
    }
    measured.push(found);
  }
  progress(done, done);
  return measured;
}
