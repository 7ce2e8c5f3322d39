// Uses the packed packages as users do: `npm run test:packages`, or `-- NAME…` for rows whose names contain one of these;
// `-- --short` for those that `npm test` runs. Prints a line for each row.
import { readdirSync } from "node:fs";
import { ensureBuilt, ensureTools, root } from "./bootstrap.mjs";

const words = process.argv.slice(2);
const short = words.includes("--short");
const asked = words.filter((word) => !word.startsWith("--")).map((word) => word.toLowerCase());

await ensureBuilt();
ensureTools("packages");
if (!short) {
  ensureTools("workers");
  (await import("../tools/runtimes/install.mjs")).ensureRuntimes();
}
const started = Date.now();
const { openRig } = await import("../test/packages/rig.mjs");
const rows = (await allRows()).filter(
  ({ name, short: quick }) =>
    (!short || quick === true) &&
    (asked.length === 0 || asked.some((part) => name.toLowerCase().includes(part))),
);
console.log(`packages: ${rows.length} rows; packing and installing …`);
const rig = await openRig();
let failed = 0;
try {
  for (const [at, row] of rows.entries()) await runRow(row, `${at + 1}/${rows.length}`);
} finally {
  await rig.close();
}
console.log(`packages: ${rows.length - failed} passed, ${failed} failed, ${seconds(started)}`);
process.exit(failed > 0 || rows.length === 0 ? 1 : 0);

async function runRow({ name, run }, place) {
  const began = Date.now();
  try {
    const remark = await run(rig);
    console.log(`  ✓ ${place} ${name}${remark ? `: ${remark}` : ""} (${seconds(began)})`);
  } catch (error) {
    failed += 1;
    console.error(`  ✗ ${place} ${name} (${seconds(began)})\n${error.message}`);
  }
}

async function allRows() {
  const files = readdirSync(`${root}test/packages/rows`).sort();
  const modules = await Promise.all(files.map((file) => import(`../test/packages/rows/${file}`)));
  return modules.flatMap(({ rows }) => rows);
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(0)} s`;
}
