// `npm run bench -- --compare CHECKOUT` compares this build with another one, pair by pair.
import { clearProgress, showProgress } from "../harness/context.mjs";
import { repository } from "../harness/paths.mjs";
import { withSink } from "../harness/sink-process.mjs";
import { checkoutAt, commitOf } from "./checkouts.mjs";
import { geometricMean, ratioInterval, verdictOf, WORSE_ABOVE } from "./interval.mjs";
import { runPairs } from "./pairs.mjs";
import { printComparison } from "./report.mjs";
import { SUBJECTS } from "./subjects.mjs";

const BAR = 30;

/**
 * @typedef {import("./interval.mjs").Interval & {
 *   bench: string, metric: string, unit: string, this: number, other: number, verdict: "worse" | "no worse",
 * }} Comparison costs of both builds and their ratio; above 1, this build costs more
 */

/**
 * Measures both builds and prints the comparison. Resolves to whether this build is worse in any row.
 * @param {{ other: string, names: readonly string[], pairs: number, json: boolean,
 *   context: import("../harness/context.mjs").Context }} options
 */
export async function compare({ other, names, pairs, json, context }) {
  const subjects = SUBJECTS.filter(({ name }) => names.length === 0 || names.includes(name));
  const builds = {
    this: repository.replace(/\/$/, ""),
    other: checkoutAt(
      other,
      subjects.map(({ name }) => `${name}-ours.mjs`),
    ),
  };
  /** @type {Comparison[]} */
  const rows = [];
  for (const subject of subjects) rows.push(...(await measure(subject, builds, pairs, context)));
  clearProgress();
  const report = {
    scale: context.scale,
    interval: "95 %, paired t-interval on the logarithms of the ratios",
    worseAbove: WORSE_ABOVE,
    this: { path: builds.this, commit: commitOf(builds.this) },
    other: { path: builds.other, commit: commitOf(builds.other) },
    rows,
  };
  if (json) console.log(JSON.stringify(report, undefined, 2));
  else printComparison(report);
  return rows.some(({ verdict }) => verdict === "worse");
}

/**
 * @param {import("./subjects.mjs").Subject} subject @param {{ this: string, other: string }} builds
 * @param {number} pairs @param {import("../harness/context.mjs").Context} context
 * @returns {Promise<Comparison[]>}
 */
async function measure({ name, runs, metrics, prepare }, builds, pairs, context) {
  return withSink(async (sink) => {
    const run = await prepare(context, sink);
    const measured = await runPairs(
      { pairs, runs: context.scale === "tiny" ? 2 : runs, progress: progressOf(name) },
      { this: () => run(builds.this), other: () => run(builds.other) },
    );
    return metrics.map(({ name: metric, unit, of }) => {
      const ours = measured.map((pair) => geometricMean(pair.this.map(of)));
      const theirs = measured.map((pair) => geometricMean(pair.other.map(of)));
      const interval = ratioInterval(ours.map((value, pair) => value / /** @type {number} */ (theirs[pair])));
      return {
        bench: name,
        metric,
        unit,
        this: geometricMean(ours),
        other: geometricMean(theirs),
        ...interval,
        verdict: verdictOf(interval),
      };
    });
  });
}

/** Shows a progress bar on a terminal, or a line per tenth of the runs in a log. @param {string} name */
function progressOf(name) {
  let tenth = -1;
  return (/** @type {number} */ done, /** @type {number} */ all) => {
    const reached = Math.floor((done / all) * 10);
    if (process.stderr.isTTY !== true && reached === tenth) return;
    tenth = reached;
    const full = Math.round((done / all) * BAR);
    showProgress(`[${"█".repeat(full)}${"·".repeat(BAR - full)}] ${name}  run ${done}/${all}`);
  };
}
