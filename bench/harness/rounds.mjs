/**
 * @template T
 * @typedef {Record<string, () => Promise<T>>} Contestants
 */

/**
 * Runs every contestant once per round, in the given order and in reverse order alternately, so that a machine that
 * changes its speed affects all alike.
 * @template T
 * @param {import("./context.mjs").Context} context
 * @param {string} title
 * @param {Contestants<T>} contestants
 * @param {number} [rounds]
 * @returns {Promise<Record<string, T[]>>} the measurements of each contestant, by round
 */
export async function runRounds(context, title, contestants, rounds = context.rounds) {
  /** @type {Record<string, T[]>} */
  const measured = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    const order = Object.entries(contestants);
    if (round % 2 === 0) order.reverse();
    for (const [name, run] of order) {
      context.progress(`${title}  round ${round}/${rounds}  ${name}`);
      measured[name]?.push(await run());
    }
  }
  return measured;
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * Returns `numerator` / `denominator` per round. Both were measured within seconds of each other.
 * @template T
 * @param {readonly T[]} numerator
 * @param {readonly T[]} denominator
 * @param {(measurement: T) => number} of
 */
export function ratios(numerator, denominator, of) {
  return numerator.map((measurement, round) => of(measurement) / of(/** @type {T} */ (denominator[round])));
}
