// npm run bench [-- --quick] [-- --json] [-- NAME…]: measures, prints the table of figures, and writes results and charts
// to bench/results. With --compare CHECKOUT, it compares this build with another one; see compare/.
import { spawnSync } from "node:child_process";
import { BENCHES } from "./benches/index.mjs";
import { drawCharts } from "./charts/draw.mjs";
import { compare } from "./compare/compare.mjs";
import { readArguments } from "./harness/arguments.mjs";
import { clearProgress, createContext } from "./harness/context.mjs";
import { writeDocuments } from "./harness/documents.mjs";
import { notMeasured } from "./harness/figures.mjs";
import { repository } from "./harness/paths.mjs";
import { saveResult } from "./harness/results.mjs";
import { nestFigures, printTable } from "./harness/table.mjs";

const { names, scale, json, build, other, pairs } = readArguments(process.argv.slice(2));
// process.exit() runs the exit handlers, which stop the child processes.
process.on("SIGINT", () => process.exit(130));
if (build) buildPackages();

const context = createContext(scale);
if (other !== undefined) await compareAndExit(other);
const chosen = BENCHES.filter(({ name }) => names.length === 0 || names.includes(name));
/** @type {Record<string, import("./harness/figures.mjs").Figure>} */
const figures = {};
let failed = false;

for (const bench of chosen) {
  try {
    const outcome = await bench.run(context);
    Object.assign(figures, outcome.figures);
    if (context.scale !== "tiny") await saveResult(bench.name, context, outcome);
  } catch (error) {
    // The other benches still run, but the exit code is 1.
    failed = true;
    clearProgress();
    console.error(`bench: ${bench.name} FAILED:`, error);
    const reason = error instanceof Error ? error.message : String(error);
    for (const key of bench.keys) figures[key] = notMeasured(key, reason.split("\n")[0] ?? "");
  }
}
clearProgress();
if (context.scale !== "tiny") await drawCharts();
// Documents show only figures of the full size.
if (context.scale === "full") await writeDocuments();
if (json) console.log(JSON.stringify(nestFigures(figures), undefined, 2));
else printTable(figures);
process.exit(failed ? 1 : 0);

/** Exits with 0 if this build is no worse than the other, 1 if it is worse, 2 if they could not be measured. @param {string} checkout */
async function compareAndExit(checkout) {
  try {
    process.exit((await compare({ other: checkout, names, pairs, json, context })) ? 1 : 0);
  } catch (error) {
    clearProgress();
    console.error("bench:", error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

/** Builds stale packages. The output of the build goes to stderr, because stdout is for results. */
function buildPackages() {
  const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], {
    cwd: repository,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
