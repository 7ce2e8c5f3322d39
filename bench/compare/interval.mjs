// The mean ratio of pairs of measurements and its confidence interval.

/**
 * @typedef {object} Interval
 * @property {number} ratio geometric mean over the pairs
 * @property {number} low lower end of the 95 % interval
 * @property {number} high upper end
 * @property {number} pairs
 */

/** A build is worse if its whole interval lies above this. Costs of up to 3 % cannot be told from noise. */
export const WORSE_ABOVE = 1.03;

/** Two-sided 95 % quantiles of Student's t distribution for 1 to 30 degrees of freedom. */
const T_QUANTILES = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604,
  2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555,
  2.0518, 2.0484, 2.0452, 2.0423,
];

/** Above 30 degrees the value for 30 is used; the interval is then at most 4 % too wide. @param {number} degrees */
export function tQuantile(degrees) {
  const found = T_QUANTILES[Math.min(degrees, T_QUANTILES.length) - 1];
  if (found === undefined) throw new RangeError("an interval needs at least 2 pairs");
  return found;
}

/**
 * Returns the geometric mean of the ratios with its 95 % interval: a paired t-interval on their logarithms, so that the
 * ratios 2 and 1/2 cancel out.
 * @param {readonly number[]} ratios one per pair, each above 0
 * @returns {Interval}
 */
export function ratioInterval(ratios) {
  for (const ratio of ratios) {
    if (!(ratio > 0 && Number.isFinite(ratio))) throw new RangeError(`${ratio} is not a ratio above 0`);
  }
  const quantile = tQuantile(ratios.length - 1);
  const logs = ratios.map(Math.log);
  const center = mean(logs);
  const variance = logs.reduce((sum, log) => sum + (log - center) ** 2, 0) / (logs.length - 1);
  const half = quantile * Math.sqrt(variance / logs.length);
  return {
    ratio: Math.exp(center),
    low: Math.exp(center - half),
    high: Math.exp(center + half),
    pairs: ratios.length,
  };
}

/** @param {Interval} interval @returns {"worse" | "no worse"} */
export function verdictOf({ low }) {
  return low > WORSE_ABOVE ? "worse" : "no worse";
}

/** The geometric mean, for the runs of one pair. @param {readonly number[]} values each above 0 */
export function geometricMean(values) {
  return Math.exp(mean(values.map(Math.log)));
}

/** @param {readonly number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
