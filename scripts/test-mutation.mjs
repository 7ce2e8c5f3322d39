// npm run test:mutation [-- NAME… --concurrency N --force --write]: mutates the retry, resume and checkpoint code and runs
// the tests that cover each mutant. NAME selects files whose path contains it; --force also repeats mutants that have not
// changed since the last run. The results of all runs come together in one report; as soon as it has every file (with
// --write, before that too) the command writes docs/mutation.md.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cache, files, groups, options } from "../tools/mutation/options.mjs";
import { page } from "../tools/mutation/page.mjs";
import { ensureBuilt, ensureTools, root } from "./bootstrap.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    concurrency: { type: "string", default: "2" },
    force: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const isChosen = (file) => positionals.length === 0 || positionals.some((name) => file.includes(name));

await ensureBuilt();
ensureTools("mutation");
// Stryker uses the working directory.
process.chdir(root);
const { Stryker } = await import("../tools/mutation/node_modules/@stryker-mutator/core/dist/src/index.js");

const runsFile = `${root}${cache}runs.json`;
const runs = existsSync(runsFile) ? JSON.parse(readFileSync(runsFile, "utf8")) : {};
for (const group of groups) await mutateGroup(group);

const report = JSON.parse(readFileSync(`${root}${cache}report.json`, "utf8"));
// A file of types alone has no mutants, and so no place in the report.
const missing = files.filter((file) => runs[file] === undefined);
const { text, summary } = page(report, runs, missing);
if (missing.length === 0 || values.write) writeFileSync(`${root}docs/mutation.md`, text);
console.log(summary);

/** One run of Stryker for the chosen files of a group. Each file's result is noted with the commit that it is about. */
async function mutateGroup({ name, files: all, tests, testRunner = options.testRunner }) {
  const mutate = all.filter(isChosen);
  if (mutate.length === 0) return;
  console.log(`mutation: ${name}, ${mutate.length} files`);
  process.env.COSUP_JUDGES = tests.join(" ");
  const commit = git("rev-parse", "--short", "HEAD");
  const changed = git("status", "--porcelain", "--", ...mutate) === "" ? "" : " and changes";
  const concurrency = Number(values.concurrency);
  await new Stryker({ ...options, mutate, testRunner, concurrency, force: values.force }).runMutationTest();
  const date = new Date().toISOString().slice(0, 10);
  for (const file of mutate) runs[file] = { commit: `${commit}${changed}`, date };
  writeFileSync(runsFile, JSON.stringify(runs, undefined, 2));
}

function git(...args) {
  return execFileSync("git", args, { encoding: "utf8" }).trim();
}
