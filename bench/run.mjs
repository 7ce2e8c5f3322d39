// npm run bench [-- --quick] [-- --json] [-- NAME…]: measures, prints the table of figures, and keeps results and
// charts in bench/results.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { BENCHES } from "./benches/index.mjs";
import { drawCharts } from "./charts/draw.mjs";
import { clearProgress, createContext } from "./harness/context.mjs";
import { notMeasured } from "./harness/figures.mjs";
import { repository } from "./harness/paths.mjs";
import { saveResult } from "./harness/results.mjs";
import { nestFigures, printTable } from "./harness/table.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    // To try the harness: minute sizes, nothing is kept.
    tiny: { type: "boolean", default: false },
    "no-build": { type: "boolean", default: false },
  },
});

const names = BENCHES.map(({ name }) => name);
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`bench: there is no ${unknown.join(", ")}; there are ${names.join(", ")}`);
  process.exit(2);
}
// So that whatever has been started is stopped.
process.on("SIGINT", () => process.exit(130));
if (!values["no-build"]) build();

const context = createContext(values.tiny ? "tiny" : values.quick ? "quick" : "full");
const chosen = BENCHES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
/** @type {Record<string, import("./harness/figures.mjs").Figure>} */
const figures = {};
let failed = false;

for (const bench of chosen) {
  try {
    const outcome = await bench.run(context);
    Object.assign(figures, outcome.figures);
    if (context.scale !== "tiny") await saveResult(bench.name, context, outcome);
  } catch (error) {
    // One bench that fails must not cost the others; but it is not passed over either.
    failed = true;
    clearProgress();
    console.error(`bench: ${bench.name} FAILED:`, error);
    const reason = error instanceof Error ? error.message : String(error);
    for (const key of bench.keys) figures[key] = notMeasured(key, reason.split("\n")[0] ?? "");
  }
}
clearProgress();
if (context.scale !== "tiny") await drawCharts();
if (values.json) console.log(JSON.stringify(nestFigures(figures), undefined, 2));
else printTable(figures);
process.exit(failed ? 1 : 0);

/** Whatever is stale is built first. stdout is for the results. */
function build() {
  const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], {
    cwd: repository,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
